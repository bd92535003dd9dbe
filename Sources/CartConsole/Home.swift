import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport
import Glibc
import LuaKit

/// Where things live, and what a run was told: options, environment, files.
public struct Home {
  public var folder: String
  public var databasePath: String
  public var rulesFolder: String
  public var staff: String
  public var isReadOnly = false
  /// `live`; `sandbox` for `--sandbox`, `plan` for `run --plan`.
  public var mode = CommandHandler.Mode.live
  /// Yes to all that may be asked.
  public var saysYes = false
  public var budget = LuaVM.Budget.console
  public var capacity = LuaVM.Capacity.console
  /// Nil for one of the system's.
  public var seed: UInt64?
  /// A fixed clock; then nothing live is written.
  public var now: Timestamp?
  /// Where the time comes from, and randomness; nil for the system.
  public var time: (() -> Timestamp)?
  public var randomness: (() -> UInt64)?
  /// Told what a user should know of how the database was opened.
  public var say: (String) -> Void = { ConsoleIO.standard().messages($0) }

  /// Whether a database that does not exist is made.
  public var mayCreate = true
  /// Whether it is made by the first write only: what just reads leaves nothing behind.
  var makesLate = false
  /// Whether an empty shop in memory stands for a database that does not exist, and nothing is saved.
  var canDoWithout = false
  /// Whether the command line or the environment names the database.
  public let isDatabaseNamed: Bool
  /// What of the environment was ignored, and why.
  public var notes: [String] { folders.notes }
  private let folders: UserFolders

  /// - Throws: wrong usage for an empty name; `failed` where nothing says where the home is.
  public init(
    home: String? = nil, database: String? = nil, rules: String? = nil, staff: String? = nil
  ) throws(ConsoleError) {
    let environment = { (name: String) in Self.environment(name) }
    for (option, value, example) in [
      ("--home", home, "/srv/shop"), ("--db", database, "/srv/shop/cartio.db"),
      ("--rules", rules, "/srv/shop/rules"),
    ] where value?.isEmpty == true {
      throw .usage("\(option): expected a path, got an empty text. Example: \(option) \(example)")
    }
    folders = UserFolders(environment)
    let named = (database ?? environment("CARTIO_DB")).map(databaseFile)
    // The rest lies beside a database that was named.
    let beside = home == nil ? named.map(Files.folder) : nil
    guard let home = home ?? beside ?? environment("CARTIO_HOME") ?? folders.data else {
      throw ConsoleError(
        .failed,
        "the home: HOME is not set, and the user database has no home for this user. Name it: "
          + "cartio --home /srv/shop, or set CARTIO_HOME")
    }
    folder = home
    isDatabaseNamed = named != nil
    databasePath = named ?? home + "/cartio.db"
    rulesFolder = rules ?? environment("CARTIO_RULES") ?? home + "/rules"
    self.staff =
      staff ?? environment("CARTIO_STAFF") ?? Self.loginName
  }

  private static var loginName: String {
    if let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name {
      return String(cString: name)
    }
    return environment("LOGNAME") ?? "unknown"
  }

  public static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  public var settingsPath: String { folder + "/store.lua" }
  /// Empty where the user has no home.
  public var historyPath: String { folders.state.map { $0 + "/history" } ?? "" }
  /// Lines that the console runs first on a terminal.
  public var startPath: String { folders.config.map { $0 + "/rc" } ?? "" }
  /// Lines kept under a name.
  public var viewsPath: String { folders.config.map { $0 + "/views" } ?? "" }
  /// Says that the tour was offered.
  var tourPath: String { folders.state.map { $0 + "/tour" } ?? "" }

  /// Where pictures that were fetched are kept.
  ///
  /// - Throws: `failed` where the user has no home.
  func picturesCache() throws(ConsoleError) -> String {
    guard let folder = folders.cache else {
      throw ConsoleError(.failed, "pictures: no folder to keep them in; set XDG_CACHE_HOME")
    }
    return folder + "/pictures"
  }

  public var plansFolder: String { folder + "/plans" }
  public var sandboxLogPath: String { Files.folder(databasePath) + "/sandbox.jsonl" }

  /// Who is behind each cart of a practice store, beside its database: `practice.labels.csv`.
  static func labelsPath(beside database: String) -> String {
    (database.hasSuffix(".db") ? String(database.dropLast(3)) : database) + ".labels.csv"
  }

  /// The labels of this database's carts; nil where it has none.
  var labelsPath: String? {
    let path = Self.labelsPath(beside: databasePath)
    return Files.exists(path) ? path : nil
  }

  /// The digest of each rule file, with its libraries and lists, by its path in the folder.
  func ruleDigests() throws -> [String: String] {
    var digests: [String: String] = [:]
    for folder in ["", "lib/", "lists/"] {
      for name in Files.list(rulesFolder + "/" + folder)
      where folder == "lists/" || name.hasSuffix(".lua") {
        let path = rulesFolder + "/" + folder + name
        guard !Files.isFolder(path) else { continue }
        digests[folder + name] = hexadecimal(Digest.key(of: try Files.read(path)).bytes)
      }
    }
    return digests
  }

  public func actor() throws(ModelError) -> Actor {
    // What follows `via` is said by the program, not by a person.
    guard !staff.contains(" via ") else {
      throw ModelError(.malformed, "--as: expected a name without ' via ', got \(quoted(staff))")
    }
    return try Actor("staff:" + staff)
  }

  /// When a read of a pipe ends, from now on: `--timeout`.
  var readingDeadline: ContinuousClock.Instant? {
    budget.wall == 0 ? nil : .now + .nanoseconds(Int64(clamping: budget.wall))
  }

  /// Opens the shop; makes its folder and database only where `mayCreate` says so.
  ///
  /// - Throws: `failed` where there is no database.
  public func openShop() throws -> Shop {
    let clock = now.map { fixed in { fixed } } ?? time ?? Self.clock
    let store = try openStore()
    let shop = try Shop(
      store: store, settings: try settings(of: store),
      clock: clock, random: randomness ?? Self.random())
    shop.onSaved = { StandardOutput.note(saved: "operation \($0)") }
    return shop
  }

  /// What `store.lua` says; nil where the database's own settings count: there is no such file, or
  /// it is that of a real shop, in whose home a practice store lies.
  func settings(of store: CartStore) throws -> StoreSettings? {
    usesSettingsFile(isPractice: try store.isPractice)
      ? try SettingsFile.load(settingsPath) : nil
  }

  /// Whether `store.lua` of the home is about this shop.
  func usesSettingsFile(isPractice: Bool) -> Bool {
    !isPractice || Files.areSame(databasePath, folder + "/cartio.db")
  }

  /// Whether `openShop` makes the database.
  var isNew: Bool { mayCreate && writes && !hasDatabase }
  var hasDatabase: Bool { Files.size(databasePath) ?? 0 > 0 }
  private var writes: Bool { mode == .live && !isReadOnly && now == nil }

  /// As `openShop`, for a command that does nothing but read: Ctrl-C ends its reads, so that the
  /// database is closed before the program ends.
  func openInterruptibleShop() throws -> Shop {
    let shop = try openShop()
    let interrupt = InterruptFlag()
    shop.store.shouldStop = { interrupt.isSet }
    return shop
  }

  private func openStore() throws -> CartStore {
    let readOnly = isReadOnly || now != nil
    try DatabaseFiles.check(databasePath)
    if canDoWithout, !hasDatabase {
      return try CartStore.open(.scratch, random: randomness ?? Self.random())
    }
    guard hasDatabase || isNew else {
      throw ConsoleError(
        .failed,
        "database: \(databasePath) \(Files.exists(databasePath) ? "is empty" : "does not exist"). "
          + "To make one: cartio import FILE; to try with made-up carts: cartio practice")
    }
    let folder = Files.folder(databasePath)
    // A log without its database is dealt with at once.
    if isNew, makesLate, !Files.exists(databasePath + "-wal") {
      return try CartStore.open(
        .missing(databasePath, makingFolder: { try Files.makeFolder(folder) }),
        random: randomness ?? Self.random())
    }
    if isNew { try Files.makeFolder(folder) }
    // What is not saved is held in memory: there the file may have less of it.
    let store = try CartStore.open(
      .file(databasePath, readOnly: readOnly), cache: mode == .live ? 65_536 : 8_192,
      random: randomness ?? Self.random())
    for note in store.notes { say("note: " + printable(note)) }
    return store
  }

  public static func clock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  static func random() -> () -> UInt64 {
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

  /// How a run may be confirmed, given whether a person can be asked at the terminal.
  public func consent(interactive: Bool) -> CommandHandler.Consent {
    saysYes ? .given : interactive ? .askAtEnd : .refuse
  }
}
