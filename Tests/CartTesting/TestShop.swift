import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import ProgramTesting

/// A clock that a test moves.
public final class TestClock {
  public var now: Timestamp

  public init(_ now: Timestamp) { self.now = now }

  public func advance(_ milliseconds: Int64) { now = now.advanced(by: milliseconds) }
}

/// A shop in a temporary folder, with a fixed clock and seeded randomness.
public final class TestShop {
  public let folder = TemporaryFolder()
  public let clock: TestClock
  public let shop: Shop

  public static let start = Timestamp(milliseconds: 1_793_520_000_000)  // 2026-11-01T08:00:00Z

  /// - Parameter storage: opens its storage, in a folder or elsewhere; nil for a SQLite file.
  public init(
    settings: StoreSettings? = nil, seed: UInt64 = 1,
    storage: ((TemporaryFolder, _ random: @escaping () -> UInt64) throws -> any Storage)? = nil
  ) throws {
    let clock = TestClock(Self.start)
    self.clock = clock
    var random = SeededRandom(seed: seed)
    let store =
      try storage?(folder) { random.next() }
      ?? SQLiteStorageFactory().open(.file(folder.file("cartio.db")), random: { random.next() })
    // A test may keep the shop alone: its database stays where it is as long.
    shop = try Shop(
      store: store, settings: settings,
      clock: { [folder] in
        _ = folder; return clock.now
      },
      random: { random.next() })
  }

  /// A second handler of the same database, as another process would have one.
  public func reopened(seed: UInt64 = 99) throws -> Shop {
    var random = SeededRandom(seed: seed)
    let store = try SQLiteStorageFactory().open(
      .file(folder.file("cartio.db")), random: { random.next() })
    let clock = clock
    return try Shop(store: store, clock: { clock.now }, random: { random.next() })
  }

  public func handler(_ name: String = "anna", consent: CommandHandler.Consent = .given)
    -> CommandHandler
  {
    CommandHandler(shop, actor: .staff(name), consent: consent)
  }

  /// Imports lines of JSON and gives the report with the rejects.
  @discardableResult
  public func take(_ lines: String, into shop: Shop? = nil) throws -> (ImportReport, [Reject]) {
    var rejects: [Reject] = []
    let importer = try EventImport(shop ?? self.shop, source: "test") {
      (reject: Reject) throws(EngineError) in rejects.append(reject)
    }
    for (index, line) in lines.split(separator: "\n").enumerated() {
      try importer.accept(line: Array(line.utf8)[...], number: index + 1)
    }
    return (try importer.finish(), rejects)
  }

  /// All events as export writes them.
  public func exported(_ shop: Shop? = nil) throws -> String {
    let shop = shop ?? self.shop
    let path = folder.file("export.jsonl")
    let handler = CommandHandler(shop, actor: .staff("export"))
    _ = try Export(handler.reader).write(.events, .jsonl, filter: nil, to: try OutputFile(path))
    return folder.read("export.jsonl")
  }

  /// A small catalogue.
  public static let products = """
    {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"MUG-01","name":"Mug","price":"12.99","currency":"EUR","stock":40}
    {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"TEA-01","name":"Tea","price":"4.20","currency":"EUR"}
    {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"SCREW","name":"Screw","price":"0.0375","currency":"EUR"}
    """
}

/// Runs work as one operation of a handler.
@discardableResult
public func operation(
  _ handler: CommandHandler, _ name: String = "test", _ body: () throws -> Void
) throws -> Int64? {
  _ = handler.begin(name)
  do {
    try body()
  } catch {
    _ = handler.abandon()
    throw error
  }
  return try handler.finish().operation
}

/// Takes an operation back, or forward again, as a run by itself.
@discardableResult
public func takeBack(_ handler: CommandHandler, _ number: Int64, redo: Bool = false) throws
  -> (report: UndoReport, operation: Int64?)
{
  _ = handler.begin("undo")
  do {
    let report = try handler.run.undo.revert(number, redo: redo)
    return (report, try handler.finish().operation)
  } catch {
    _ = handler.abandon()
    throw error
  }
}
