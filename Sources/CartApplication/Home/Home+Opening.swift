import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import Glibc
import LuaKit

/// Opening the shop of a home.
extension Home {
  /// When a read of a pipe ends, from now on: `--timeout`.
  public var readingDeadline: ContinuousClock.Instant? {
    limits.budget.wall == 0
      ? nil : .now + .nanoseconds(Int64(clamping: limits.budget.wall))
  }

  /// Opens the shop; makes its folder and database only where `missing` says so.
  ///
  /// - Throws: `failed` where there is no database.
  public func openShop() throws -> Shop {
    let clock = sources.now.map { fixed in { fixed } } ?? sources.time ?? Self.clock
    let store = try openStore()
    let shop = try Shop(
      store: store, settings: try settings(of: store),
      clock: clock, random: sources.randomness ?? Self.random())
    shop.onSaved = { StandardOutput.note(saved: "operation \($0)") }
    return shop
  }

  /// What `store.lua` says; nil where the database's own settings count: there is no such file, or
  /// it is that of a real shop, in whose home a practice store lies.
  func settings(of store: any Storage) throws -> StoreSettings? {
    usesSettingsFile(isPractice: try store.isPractice)
      ? try SettingsFile.load(settingsPath, currencies: try Shop.currencies(in: store)) : nil
  }

  /// Whether `store.lua` of the home is about this shop.
  func usesSettingsFile(isPractice: Bool) -> Bool {
    !isPractice || Files.areSame(databasePath, folder + "/cartio.db")
  }

  /// Whether `openShop` makes the database.
  public var isNew: Bool {
    [.made, .madeByWriting].contains(access.missing) && writes && !hasDatabase
  }
  public var hasDatabase: Bool { Files.size(databasePath) ?? 0 > 0 }
  private var writes: Bool {
    access.mode == .live && !access.isReadOnly && sources.now == nil
  }

  /// As `openShop`, for a command that does nothing but read: Ctrl-C ends its reads, so that the
  /// database is closed before the program ends.
  public func openInterruptibleShop() throws -> Shop {
    let shop = try openShop()
    let interrupt = InterruptFlag()
    shop.store.shouldStop = { interrupt.isSet }
    return shop
  }

  private func openStore() throws -> any Storage {
    let readOnly = access.isReadOnly || sources.now != nil
    try DatabaseFiles.check(databasePath)
    if access.missing == .replaced, !hasDatabase {
      return try storage.open(.scratch, random: sources.randomness ?? Self.random())
    }
    guard hasDatabase || isNew else {
      throw ApplicationError(
        .failed,
        "database: \(databasePath) \(Files.exists(databasePath) ? "is empty" : "does not exist"). "
          + "To make one: cartio import FILE; to try with made-up carts: cartio practice")
    }
    let folder = Files.folder(databasePath)
    // A log without its database is dealt with at once.
    if isNew, access.missing == .madeByWriting, !Files.exists(databasePath + "-wal") {
      return try storage.open(
        .missing(databasePath, makingFolder: { try Files.makeFolder(folder) }),
        random: sources.randomness ?? Self.random())
    }
    if isNew { try Files.makeFolder(folder) }
    // What is not saved is held in memory: there the file may have less of it.
    let store = try storage.open(
      .file(databasePath, readOnly: readOnly), cache: access.mode == .live ? 65_536 : 8_192,
      random: sources.randomness ?? Self.random())
    for note in store.notes { say("note: " + printable(note)) }
    return store
  }

  public static func clock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public static func random() -> () -> UInt64 {
    // The system is asked for 32 numbers at a time: each asking is a system call.
    var (numbers, next) = ([UInt64](repeating: 0, count: 32), 32)
    return {
      if next == numbers.count {
        let asked = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        if asked != 0 {
          var generator = SystemRandomNumberGenerator()
          for index in numbers.indices { numbers[index] = generator.next() }
        }
        next = 0
      }
      next += 1
      return numbers[next - 1]
    }
  }
}
