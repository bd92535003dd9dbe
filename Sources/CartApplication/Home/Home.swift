import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import Glibc
import LuaKit

/// Where things live, and what a run was told: options, environment, files.
public struct Home {
  public var folder: String
  public var databasePath: String
  public var rulesFolder: String
  public var staff: String
  public var access = Access()
  public var limits = Limits()
  public var sources = Sources()
  /// Told what a user should know of how the database was opened.
  public var say: (String) -> Void = { _ in }
  /// What opens the database; the executable chooses it.
  public let storage: any StorageFactory

  /// What may be done with the database, and what becomes of one that does not exist.
  public struct Access: Sendable {
    public var isReadOnly = false
    /// `live`; `sandbox` for `--sandbox`, `plan` for `run --plan`.
    public var mode = CommandHandler.Mode.live
    /// Yes to all that may be asked.
    public var saysYes = false
    public var missing = Missing.made
  }

  /// What scripts may take.
  public struct Limits: Sendable {
    public var budget = LuaVM.Budget.console
    public var capacity = LuaVM.Capacity.console
  }

  /// Where the time and randomness come from.
  public struct Sources {
    /// A fixed clock; then nothing live is written.
    public var now: Timestamp?
    /// Nil for the system's.
    public var time: (() -> Timestamp)?
    /// Nil for the system's.
    public var randomness: (() -> UInt64)?
    /// Of scripts; nil for one of the system's.
    public var seed: UInt64?
  }

  public enum Missing: Sendable {
    /// It is an error.
    case refused
    case made
    /// It is made by the first write: what just reads leaves nothing behind.
    case madeByWriting
    /// An empty shop in memory stands for it, and nothing is saved.
    case replaced
  }

  /// Whether the command line or the environment names the database.
  public let isDatabaseNamed: Bool
  /// What of the environment was ignored, and why.
  public var notes: [String] { folders.notes }
  private let folders: UserFolders

  /// - Throws: wrong usage for an empty name; `failed` where nothing says where the home is.
  public init(
    _ storage: any StorageFactory, home: String? = nil, database: String? = nil,
    rules: String? = nil, staff: String? = nil
  ) throws(ApplicationError) {
    self.storage = storage
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
      throw ApplicationError(
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
  public var tourPath: String { folders.state.map { $0 + "/tour" } ?? "" }

  /// Where pictures that were fetched are kept.
  ///
  /// - Throws: `failed` where the user has no home.
  public func picturesCache() throws(ApplicationError) -> String {
    guard let folder = folders.cache else {
      throw ApplicationError(.failed, "pictures: no folder to keep them in; set XDG_CACHE_HOME")
    }
    return folder + "/pictures"
  }

  public var plansFolder: String { folder + "/plans" }
  public var sandboxLogPath: String { Files.folder(databasePath) + "/sandbox.jsonl" }

  /// Who is behind each cart of a practice store, beside its database: `practice.labels.csv`.
  public static func labelsPath(beside database: String) -> String {
    (database.hasSuffix(".db") ? String(database.dropLast(3)) : database) + ".labels.csv"
  }

  /// The labels of this database's carts; nil where it has none.
  public var labelsPath: String? {
    let path = Self.labelsPath(beside: databasePath)
    return Files.exists(path) ? path : nil
  }

  /// The digest of each rule file, with its libraries and lists, by its path in the folder.
  public func ruleDigests() throws -> [String: String] {
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
    // What rules and programs do is told from what people do by these words.
    let word = staff.lowercased()
    guard !["shopper", "import", "sync"].contains(word),
      !["staff:", "rule:", "policy:"].contains(where: word.hasPrefix)
    else {
      throw ModelError(
        .malformed,
        "--as: expected the name of a person, as anna, got \(quoted(staff)), which means no member of "
          + "staff")
    }
    return try Actor("staff:" + staff)
  }
}
