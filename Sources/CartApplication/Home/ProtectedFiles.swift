import CartEngine
import CartModel
import CartSupport
import Glibc

/// The files that no export, report, plan or recording may replace: those of a shop, and those that
/// the same command reads.
struct ProtectedFiles {
  let home: Home
  /// What the command reads.
  var read: [String] = []

  /// What a path would replace, in words; nil where it may be written.
  ///
  /// - Throws: `file` where no file can be written there.
  func kind(of path: String) throws(SupportError) -> String? {
    guard path != "-", let target = try WritableFile(path) else { return nil }
    if read.contains(where: { Files.areSame(target.path, $0) }) { return "the file that is read" }
    if let kind = DatabaseFiles.kind(of: target.path) { return kind }
    for home in homes(around: target.path) {
      if let name = HomeFiles(folder: home).name(of: target) { return name }
    }
    if target.isInside(Files.canonical(home.rulesFolder)) { return "in the folder of rules" }
    for (path, name) in own where target.isSame(as: path) { return name }
    return nil
  }

  private var own: [(path: String, name: String)] {
    [
      (home.databasePath, "the shop's database"),
      (home.databasePath + "-wal", "part of the shop's database"),
      (home.databasePath + "-shm", "part of the shop's database"),
      (home.databasePath + "-journal", "part of the shop's database"),
      (Home.labelsPath(beside: home.databasePath), "the labels of a practice store"),
      (home.sandboxLogPath, "the log of the sandbox"),
      (home.historyPath, "the history of the console"),
      (home.startPath, "the file of lines that the console runs first"),
      (home.viewsPath, "the file of views"),
    ].filter { !$0.0.isEmpty }
  }

  /// The home of this run, and any other that the file would be in.
  private func homes(around path: String) -> [String] {
    var homes = [home.folder, Files.folder(home.databasePath)].map(Files.canonical)
    var folder = Files.folder(path)
    for _ in 0..<4 {
      if DatabaseFiles.isDatabase(folder + "/cartio.db") { homes.append(folder) }
      folder = Files.folder(folder)
    }
    return homes
  }
}

/// The names in a home that only Cartio and an editor write.
private struct HomeFiles {
  let folder: String

  private static let files = [
    ("cartio.db", "the shop's database"), ("store.lua", "the settings of a shop"),
    ("cartio.conf", "the secrets of a shop"), ("sandbox.jsonl", "the log of the sandbox"),
    ("reports/schedule.json", "the list of regular reports"),
    ("reports/schedule.json.lock", "the lock of regular reports"),
    ("reports/log.jsonl", "the log of regular reports"),
  ]
  /// With the folder, whether new files may be made in it.
  private static let folders = [
    ("rules", "in the folder of rules", false), ("templates", "in the folder of templates", false),
    ("backups", "a backup", true),
  ]

  func name(of target: WritableFile) -> String? {
    for (file, name) in Self.files where target.isSame(as: folder + "/" + file) { return name }
    for (below, name, mayBeNew) in Self.folders {
      let below = Files.canonical(folder + "/" + below)
      if target.isInside(below), !mayBeNew || target.exists { return name }
      // A second name of a file counts as that file.
      if target.hasOtherNames, Files.tree(below).contains(where: target.isSame) { return name }
    }
    return target.exists && Files.folder(target.path) == folder
      && target.path.hasSuffix(".labels.csv") ? "the labels of a practice store" : nil
  }
}

extension Home {
  /// Refuses to write over a file of a shop, or over one that the command reads.
  ///
  /// - Throws: wrong usage, naming the file and what it is.
  public func checkTarget(_ path: String, reading others: [String] = []) throws {
    guard !path.isEmpty else {
      throw ApplicationError.usage("file '': expected a name. Example: carts.csv")
    }
    if let kind = try ProtectedFiles(home: self, read: others).kind(of: path) {
      throw ApplicationError.usage("file \(path): is \(kind); name another file")
    }
  }
}
