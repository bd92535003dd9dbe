import Glibc
import Synchronization

/// A file that is not whole yet, in the folder of the file whose place it takes.
///
/// Where the file system can, it has no name until it is whole: a process that is killed leaves
/// nothing behind. It is removed unless `commit` was called.
package final class PartialFile {
  let descriptor: Int32
  /// Its name; empty while it has none.
  package private(set) var path: String
  private let target: FileTarget
  private static let counter = Atomic<Int>(0)

  /// - Parameters:
  ///   - permissions: of a new file, less the umask; a file that is replaced hands on its own.
  ///   - needsName: whether it is opened by its path too.
  /// - Throws: `file`.
  package init(
    for target: FileTarget, permissions: mode_t, needsName: Bool = false
  ) throws(SupportError) {
    self.target = target
    var isNew = true
    if case .file = target.kind { isNew = false }
    guard isNew || access(target.path, W_OK) == 0 else {
      throw Files.failure("write", target.path)
    }
    let mode = isNew ? permissions : 0o600
    let nameless = needsName ? -1 : Self.openNameless(Files.folder(target.path), mode)
    if nameless >= 0 {
      (descriptor, path) = (nameless, "")
    } else {
      path = Self.name(beside: target.path)
      descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      guard descriptor >= 0 else {
        let code = errno
        path = ""
        throw Files.failure("write", target.path, code)
      }
    }
    guard case .file(let status) = target.kind else { return }
    // Who may not give a file away keeps it; its group is tried by itself.
    if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
      _ = fchown(descriptor, uid_t.max, status.st_gid)
    }
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
      throw Files.failure("write", target.path)
    }
  }

  /// Puts the file in its place, once its content and then its name are on the disk.
  ///
  /// - Throws: `file`; then the file of before is still there.
  package func commit() throws(SupportError) {
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw Files.failure("write", target.path)
    }
    if path.isEmpty {
      let name = Self.name(beside: target.path)
      guard
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
      else { throw Files.failure("write", target.path) }
      path = name
    }
    guard rename(path, target.path) == 0 else { throw Files.failure("write", target.path) }
    path = ""
    let folder = open(Files.folder(target.path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    // Not every file system can do this; the file is whole either way.
    fsync(folder)
    close(folder)
  }

  deinit {
    if !path.isEmpty { unlink(path) }
    if descriptor >= 0 { close(descriptor) }
  }

  private static func openNameless(_ folder: String, _ mode: mode_t) -> Int32 {
    // O_TMPFILE of <fcntl.h>, which Swift does not import; it gets its name through /proc.
    guard access("/proc/self/fd", X_OK) == 0 else { return -1 }
    return open(folder, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, mode)
  }

  private static func name(beside path: String) -> String {
    let number = counter.add(1, ordering: .relaxed).newValue
    // With the longest names there is no room for more.
    var name = Files.name(path)
    while name.utf8.count > 200 { name.removeLast() }
    return Files.folder(path) + "/.\(name).\(getpid())-\(number).partial"
  }
}
