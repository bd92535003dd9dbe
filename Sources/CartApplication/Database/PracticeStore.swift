import CartEngine
import CartModel
import CartSupport
import LuaKit

/// Makes the practice store of a home.
public struct PracticeStore {
  /// Fills a shop with made-up carts.
  ///
  /// - Returns: how many events it made, 0 where they were there already, and who is behind each cart.
  public typealias Filling = (
    _ shop: Shop, _ size: PracticeStore, _ until: Timestamp, _ shouldStop: () -> Bool
  ) throws -> (events: Int, labels: [(cart: String, label: String)])

  /// What was made.
  public struct Result {
    /// Nil where the store is there already.
    public var events: Int?
    /// The file that says who is behind each cart.
    public var labelsPath: String
  }

  private let home: Home
  private let filling: Filling
  /// How many shoppers act, from 0 to 1,000,000.
  public var carts = 400
  /// Over how many days, from 1 to 3,650.
  public var days = 14
  public var seed: UInt64 = 1
  /// When the last of them acts, as it was typed; nil for now.
  public var until: String?

  public init(_ home: Home, _ filling: @escaping Filling) {
    (self.home, self.filling) = (home, filling)
  }

  /// Fills the database, which has no other events.
  ///
  /// - Throws: `usage` for numbers out of range, and where nothing may be written.
  public func make() throws -> Result {
    guard (0...1_000_000).contains(carts) else {
      throw ApplicationError.usage("practice: --carts: expected 0 … 1000000, got \(carts)")
    }
    guard (1...3650).contains(days) else {
      throw ApplicationError.usage("practice: --days: expected 1 … 3650, got \(days)")
    }
    guard !home.access.isReadOnly, home.sources.now == nil else {
      throw ApplicationError.usage("practice: writes; not with --read-only or --now (see --until)")
    }
    let now = Home.clock()
    var end = now
    if let until { end = try FilterParser(zone: .utc, now: now).time(until) }
    let path = home.databasePath
    try DatabaseFiles.check(path)
    try Files.makeFolder(Files.folder(path))
    var random = SeededRandom(seed: seed)
    let interrupt = InterruptFlag()
    let store = try home.storage.open(.file(path), random: { random.next() })
    defer { store.close() }
    let shop = try Shop(store: store, clock: { end }, random: { random.next() })
    let (events, labels) = try filling(shop, self, end) { interrupt.isSet }
    let labelsPath = Home.labelsPath(beside: path)
    guard events > 0 else { return Result(events: nil, labelsPath: labelsPath) }
    try write(labels, to: labelsPath)
    return Result(events: events, labelsPath: labelsPath)
  }

  private func write(_ labels: [(cart: String, label: String)], to path: String) throws {
    let file = try OutputFile(path)
    var csv = CSVWriter()
    csv.row(["cart", "label"])
    for (cart, label) in labels { csv.row([cart, label]) }
    try file.write(csv.bytes)
    try file.commit()
  }
}
