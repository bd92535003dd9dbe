import CartEngine
import CartModel
import CartScripting
import CartStore
import Glibc
import LuaKit

/// Where things live, and what a run was told: options, environment, files.
public struct Workplace {
  public var home: String
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

  public init(
    home: String? = nil, database: String? = nil, rules: String? = nil, staff: String? = nil
  ) {
    let environment = { (name: String) in Self.environment(name) }
    self.home =
      home ?? environment("CARTIO_HOME")
      ?? (environment("XDG_DATA_HOME") ?? (environment("HOME") ?? ".") + "/.local/share")
      + "/cartio"
    let named = database ?? environment("CARTIO_DB")
    databasePath = named ?? self.home + "/cartio.db"
    // The rest lies beside a database that was named.
    if let named, home == nil { self.home = Files.folder(named) }
    rulesFolder = rules ?? environment("CARTIO_RULES") ?? self.home + "/rules"
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

  public var settingsPath: String { home + "/store.lua" }
  public var historyPath: String { statePath("history") }
  /// Lines that the console runs first on a terminal.
  public var startPath: String { configPath("rc") }
  /// Lines kept under a name.
  public var viewsPath: String { configPath("views") }
  /// Says that the tour was offered.
  var tourPath: String { statePath("tour") }
  /// Pictures that were fetched.
  var picturesFolder: String {
    let base =
      Self.environment("XDG_CACHE_HOME") ?? (Self.environment("HOME") ?? ".") + "/.cache"
    return base + "/cartio/pictures"
  }
  public var plansFolder: String { home + "/plans" }
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

  private func configPath(_ name: String) -> String {
    let base =
      Self.environment("XDG_CONFIG_HOME") ?? (Self.environment("HOME") ?? ".") + "/.config"
    return base + "/cartio/" + name
  }

  private func statePath(_ name: String) -> String {
    let base =
      Self.environment("XDG_STATE_HOME")
      ?? (Self.environment("HOME") ?? ".") + "/.local/state"
    return base + "/cartio/" + name
  }

  public func actor() throws(ModelError) -> Actor {
    // What follows `via` is said by the program, not by a person.
    guard !staff.contains(" via ") else {
      throw ModelError(.malformed, "--as: expected a name without ' via ', got \(quoted(staff))")
    }
    return try Actor("staff:" + staff)
  }

  /// Opens the shop; makes its folder and database where there are none.
  public func openShop() throws -> Shop {
    let clock = now.map { fixed in { fixed } } ?? time ?? Self.clock
    let store = try openStore()
    return try Shop(
      store: store, settings: try settings(of: store),
      clock: clock, random: randomness ?? Self.random())
  }

  /// What `store.lua` says; nil where the database's own settings count: there is no such file, or
  /// it is that of a real shop, in whose home a practice store lies.
  func settings(of store: CartStore) throws -> StoreSettings? {
    let isShopOfHome = Files.areSame(databasePath, home + "/cartio.db")
    return try store.isPractice && !isShopOfHome ? nil : SettingsFile.load(settingsPath)
  }

  private func openStore() throws -> CartStore {
    let readOnly = isReadOnly || now != nil
    if !readOnly { try Files.makeFolder(Files.folder(databasePath)) }
    // What is not saved is held in memory: there the file may have less of it.
    return try CartStore(
      path: databasePath, readOnly: readOnly, cache: mode == .live ? 65_536 : 8_192,
      random: randomness ?? Self.random())
  }

  /// Refuses to write over a file that is being read, or over the database.
  ///
  /// - Throws: wrong usage, naming the file.
  func checkTarget(_ path: String, reading others: [String] = []) throws {
    let own = ["", "-wal", "-shm", "-journal"].map { databasePath + $0 } + [settingsPath]
    for other in own + others where Files.areSame(path, other) {
      throw ConsoleError.usage(
        "file \(path): is \(own.contains(other) ? "the shop's own" : "read here"); name another")
    }
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

  /// How a run may be confirmed, given whether somebody sits at the terminal.
  public func consent(interactive: Bool) -> CommandHandler.Consent {
    saysYes ? .given : interactive ? .askAtEnd : .refuse
  }
}
