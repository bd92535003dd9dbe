import Glibc

/// Where a path would write a file: its place behind all links, to compare it with others.
public struct WritableFile {
  /// Absolute, without links and `..`.
  public let path: String
  public let exists: Bool
  /// Whether other names lead to the same file (hard links).
  public let hasOtherNames: Bool

  /// - Returns: nil for a pipe, a device or an open descriptor.
  /// - Throws: `file` where no file can be there.
  public init?(_ path: String) throws(SupportError) {
    guard Files.descriptor(named: path) == nil else { return nil }
    let target = try FileTarget(path)
    switch target.kind {
    case .stream: return nil
    case .missing: (exists, hasOtherNames) = (false, false)
    case .file(let status): (exists, hasOtherNames) = (true, status.st_nlink > 1)
    }
    let folder = Files.canonical(Files.folder(target.path))
    self.path = (folder == "/" ? "" : folder) + "/" + Files.name(target.path)
  }

  /// Whether the other path names this file, by whichever name, or would.
  ///
  /// The case of letters does not count: some file systems do not tell it apart.
  public func isSame(as other: String) -> Bool {
    if exists, Files.areSame(path, other) { return true }
    guard let target = try? FileTarget(other) else { return false }
    let folder = Files.canonical(Files.folder(target.path))
    let place = (folder == "/" ? "" : folder) + "/" + Files.name(target.path)
    return path.lowercased() == place.lowercased()
  }

  public func isInside(_ folder: String) -> Bool {
    path.lowercased().hasPrefix(folder.lowercased() + "/")
  }
}
