@_spi(Testing) import CartEngine
import CartModel
import CartStorage

/// What tests do with a handler, in short.
extension CommandHandler {
  /// The run that was begun last.
  public var run: Run { current ?? begin("test") }

  @discardableResult
  public func execute(_ command: Command, on key: Int64) throws(EngineError) -> Cart {
    try run.execute(command, on: key)
  }

  @discardableResult
  public func create(
    id: String? = nil, currency: Currency? = nil, _ fields: [ShopperField: String] = [:]
  ) throws(EngineError) -> Cart {
    try run.create(id: id, currency: currency, fields)
  }

  @discardableResult
  public func add(_ word: String, _ quantity: Int64, to key: Int64) throws(EngineError) -> Cart {
    try run.add(word, quantity, to: key)
  }

  public func cart(_ key: Int64) throws(EngineError) -> Cart? { try reader.cart(key) }
  public func cart(_ key: Int64, at time: Timestamp) throws(EngineError) -> Cart? {
    try reader.cart(key, at: time)
  }
  public func key(named name: String) throws(EngineError) -> Int64? {
    try reader.key(named: name)
  }
  public func keys(matching filter: Filter) throws(EngineError) -> [Int64] {
    try reader.keys(matching: filter)
  }
  public func history(of key: Int64) throws(EngineError) -> [HistoryEntry] {
    try reader.history(of: key)
  }
  public func find(_ name: String) throws(EngineError) -> Int64 { try reader.find(name) }
  public func at<T>(_ time: Timestamp?, _ body: () throws -> T) rethrows -> T {
    try reader.at(time, body)
  }

  public func finish() throws(EngineError) -> Outcome { try run.finish() }
  @discardableResult
  public func abandon() -> Outcome { run.abandon() }

  @discardableResult
  public func add(
    _ pattern: ListEntry.Pattern, to list: ListEntry.List, reason: String = "", tell: String = "",
    ttl: Span? = nil
  ) throws(EngineError) -> (entry: ListEntry, restored: Int) {
    try run.lists.add(pattern, to: list, reason: reason, tell: tell, ttl: ttl)
  }

  @discardableResult
  public func claim(_ key: Int64, ttl: Span? = nil, takesOver: Bool = false)
    throws(EngineError) -> Cart
  {
    try run.claim(key, ttl: ttl, takesOver: takesOver)
  }

  @discardableResult
  public func release(_ key: Int64, takesOver: Bool = false) throws(EngineError) -> Cart {
    try run.release(key, takesOver: takesOver)
  }

  @discardableResult
  public func write(note text: String, on key: Int64) throws(EngineError) -> Cart {
    try run.write(note: text, on: key)
  }
}
