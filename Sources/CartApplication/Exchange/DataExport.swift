import CartEngine
import CartExchange
import CartModel
import CartSupport
import LuaKit

/// Exports carts and what belongs to them as a file that an import reads.
public struct DataExport {
  private let kind: Export.Kind
  public var format = Export.Format.jsonl
  /// Names with commas between them; nil for all that an import reads.
  public var columns: String?
  /// Nil, or `-`, for the screen.
  public var path: String?
  /// Told what a user should know, a line each.
  private let messages: (String) -> Void

  public init(_ kind: Export.Kind, messages: @escaping (String) -> Void) {
    (self.kind, self.messages) = (kind, messages)
  }

  /// Exports from the shop of a home, over a connection of its own, to a file or standard output.
  public func run(_ words: [String], _ home: Home) throws {
    let shop = try home.openInterruptibleShop()
    defer { shop.close() }
    if let path, path != "-" { try home.checkTarget(path) }
    let handler = CommandHandler(shop, actor: try home.actor())
    let interrupt = InterruptFlag()
    let wait = StreamWait(until: home.readingDeadline) { interrupt.isSet }
    try write(words.map(TypedWord.init(whole:)), handler) {
      try OutputFile(path ?? "-", wait: wait)
    }
  }

  /// Exports from an open home.
  ///
  /// - Parameters:
  ///   - screen: opens the screen, where no file is named.
  ///   - command: what was asked for, for the list of operations.
  /// - Throws: `refused` for events of the sandbox or of a plan.
  public func run(
    _ words: [TypedWord], _ application: Application, screen: () throws -> OutputFile,
    as command: String
  ) throws {
    let handler = application.handler
    if let path, path != "-" { try application.home.checkTarget(path) }
    guard kind != .events || handler.mode == .live else {
      throw EngineError(
        .refused, "export events: only live; what the sandbox or the plan did is no history yet")
    }
    application.beginReading(command)
    try write(words, handler) {
      guard let path, path != "-" else { return try screen() }
      return try OutputFile(path, wait: application.wait)
    }
  }

  /// - Parameter open: opens the file, when all that can be wrong with the words is known.
  private func write(
    _ words: [TypedWord], _ handler: CommandHandler, to open: () throws -> OutputFile
  ) throws {
    let filter = try filter(words, handler)
    let choice = columns.map { ColumnChoice($0) }
    if let choice { try say(missingIn: choice, handler) }
    let count = try Export(handler.reader).write(
      kind, format, filter: filter, columns: choice, to: try open())
    if count == 0 { messages(try nothing(words, filter, handler)) }
    try say(leftOutBy: filter, handler)
    if let path, path != "-" { messages("\(count) \(kind.rawValue) written to \(printable(path))") }
  }

  private func filter(_ words: [TypedWord], _ handler: CommandHandler) throws -> Filter? {
    guard !words.isEmpty else { return nil }
    guard kind.isOfCarts else {
      throw ApplicationError.usage(
        "export \(kind.rawValue): a filter chooses carts, and these are not of carts; leave "
          + "'\(Self.text(words))' out")
    }
    var filter = try FilterParser(zone: handler.shop.zone, now: handler.now).parse(words)
    guard filter.at == nil else {
      throw ApplicationError.usage(
        "export: at= chooses by an earlier moment, but what is written is now")
    }
    try filter.check([.sort, .limit], "export")
    for field in try handler.reader.missing(in: filter) {
      messages("note: no cart has \(printable(field.name))")
    }
    if kind == .orders {
      // A limit counts orders.
      filter = filter.ofOrders()
      filter.require(.not(.test(.init(.order, .equal, [.text("")]))))
    }
    filter.allowAnyStatus()
    return filter
  }

  /// Names attributes and options that are columns, and that no cart has.
  private func say(missingIn choice: ColumnChoice, _ handler: CommandHandler) throws {
    guard kind.isOfCarts else { return }
    var filter = Filter()
    filter.columns = choice.fields
    for field in try handler.reader.missing(in: filter) {
      messages("note: no cart has \(printable(field.name))")
    }
  }

  private func say(leftOutBy filter: Filter?, _ handler: CommandHandler) throws {
    guard var filter, let limit = filter.limit else { return }
    filter.limit = nil
    let all = try handler.reader.keys(matching: filter).count
    guard all > limit else { return }
    let whole = kind == .orders ? "\(CountText.grouped(all)) orders" : CountText.carts(all)
    messages(
      "\(CountText.grouped(limit)) of \(whole); \(CountText.grouped(all - limit)) left out by "
        + "limit=\(limit)")
  }

  /// What was searched where an export has no rows.
  private func nothing(_ words: [TypedWord], _ filter: Filter?, _ handler: CommandHandler) throws
    -> String
  {
    switch kind {
    case .blacklist, .allowlist: return "The \(kind.rawValue) has no entries."
    // These take no filter.
    case .products, .customers: return "The database has no \(kind.rawValue)."
    case .carts, .lines, .events, .orders: break
    }
    guard let filter else { return "The database has no \(kind.rawValue)." }
    let searched = Self.text(words)
    let all = CountText.carts(try Int(handler.shop.store.cartCount()))
    let matching = try handler.reader.keys(matching: filter).count
    return matching == 0
      ? "No cart matches '\(searched)'. Searched: \(all)"
        + (filter.allowsAnyStatus ? " of any status." : ".")
      : "The \(CountText.carts(matching)) matching '\(searched)' have no \(kind.rawValue)."
  }

  private static func text(_ words: [TypedWord]) -> String {
    printable(words.map(\.text).joined(separator: " "))
  }
}
