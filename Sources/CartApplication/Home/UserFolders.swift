import Glibc

/// The folders of a user: from the environment (XDG Base Directory Specification), else below the
/// home that the user database names.
struct UserFolders {
  /// Nil where neither `HOME` nor the user database names one.
  let home: String?
  /// What of the environment was ignored, and why.
  let notes: [String]
  private let named: [String: String]

  init(
    _ environment: (String) -> String?, database: () -> String? = Self.homeInUserDatabase
  ) {
    var (notes, named) = ([String](), [String: String]())
    // A relative one would mean another folder from each folder (cron starts in another).
    func absolute(_ name: String) -> String? {
      guard let path = environment(name) else { return nil }
      if path.hasPrefix("/") { return path }
      notes.append("\(name) is ignored: expected an absolute path, got '\(path)'")
      return nil
    }
    home = absolute("HOME") ?? database().flatMap { $0.hasPrefix("/") ? $0 : nil }
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
      named[name] = absolute(name)
    }
    (self.notes, self.named) = (notes, named)
  }

  var data: String? { folder("XDG_DATA_HOME", "/.local/share") }
  var config: String? { folder("XDG_CONFIG_HOME", "/.config") }
  var state: String? { folder("XDG_STATE_HOME", "/.local/state") }
  var cache: String? { folder("XDG_CACHE_HOME", "/.cache") }

  private func folder(_ name: String, _ below: String) -> String? {
    (named[name] ?? home.map { $0 + below }).map { $0 + "/cartio" }
  }

  private static func homeInUserDatabase() -> String? {
    guard let entry = getpwuid(geteuid()), let folder = entry.pointee.pw_dir else { return nil }
    return String(cString: folder)
  }
}
