import Glibc

/// Paths and folders, and reading whole files, with errors that name them.
public enum Files {
  /// - Parameters:
  ///   - limit: bytes.
  ///   - wait: how long a pipe is waited for; nil where only a file makes sense.
  /// - Throws: `file`, naming the path and the reason.
  public static func read(
    _ path: String, limit: Int = 1 << 30, wait: StreamWait? = nil
  ) throws(SupportError) -> [UInt8] {
    let file = try InputFile(path, wait: wait)
    var bytes: [UInt8] = []
    while try file.read(1 << 16, onto: &bytes) > 0 {
      guard bytes.count <= limit else {
        throw SupportError(.file, "file \(path): larger than \(limit) bytes")
      }
    }
    return bytes
  }

  /// A whole text: UTF-8 with or without a byte order mark, or UTF-16 with one.
  ///
  /// - Parameter wait: as in `read`; what a pipe gives is at most 64 MiB.
  /// - Throws: `file`, naming the first line that is no text.
  public static func text(_ path: String, wait: StreamWait? = nil) throws(SupportError) -> String {
    let bytes = try read(path, limit: wait == nil ? 1 << 30 : 1 << 26, wait: wait)
    do throws(SupportError) { return try TextInput.text(of: bytes) } catch {
      throw SupportError(.file, "file \(path): \(error.message); save it as UTF-8")
    }
  }

  /// - Parameter allowsStreams: whether a pipe is fine too.
  /// - Throws: `file`, where reading the path would fail; nothing is opened.
  public static func checkReadable(_ path: String, allowsStreams: Bool = false)
    throws(SupportError)
  {
    try InputFile.check(path, allowsStreams: allowsStreams)
  }

  /// What a path is that is no regular file: `folder`, `pipe`, `socket`, `device`; nil for a file.
  package static func kind(of status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "folder"
    case S_IFIFO: "pipe"
    case S_IFSOCK: "socket"
    default: "device"
    }
  }

  /// Whether a folder is there and its files may be opened.
  package static func canEnter(_ folder: String) -> Bool { access(folder, X_OK) == 0 }

  /// Whether a path is a file: no folder, no pipe, and not `-`.
  public static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  public static func isFolder(_ path: String) -> Bool {
    guard let directory = opendir(path) else { return false }
    closedir(directory)
    return true
  }

  /// The path from the root, so that it means the same from another folder.
  public static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }

  /// The path from the root without links and `..`, as far as it exists.
  public static func canonical(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    let whole = absolute(path)
    let parent = folder(whole)
    guard parent != whole, name(whole) != ".." else { return whole }
    let above = canonical(parent)
    return (above == "/" ? "" : above) + "/" + name(whole)
  }

  /// Bytes; nil where there is no file.
  public static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// The files in a folder and in those below it, at most eight deep.
  public static func tree(_ path: String, depth: Int = 8) -> [String] {
    guard depth > 0 else { return [] }
    return list(path).flatMap { name in
      let path = path + "/" + name
      return isFolder(path) ? tree(path, depth: depth - 1) : [path]
    }
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether two paths lead to one file.
  public static func areSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// Whether a file could be made at this path.
  public static func isWritableFolder(of path: String) -> Bool { access(folder(path), W_OK) == 0 }

  public static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  public static func name(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// Makes a folder and those above it.
  public static func makeFolder(_ path: String) throws(SupportError) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += part + "/"
      guard mkdir(partial, 0o777) == 0 || errno == EEXIST else { throw failure("make", path) }
    }
  }

  /// The files of a folder, by name; empty where there is no such folder.
  public static func list(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Appends a record to a log: all of it or, where that fails, nothing.
  ///
  /// - Parameter permissions: of a new file, less the umask.
  /// - Throws: `file`.
  public static func append(
    _ bytes: [UInt8], to path: String, permissions: mode_t = 0o660
  ) throws(SupportError) {
    let descriptor = open(
      path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, permissions)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { close(descriptor) }
    var status = stat()
    // Others append too; the length before is that of the holder of the lock.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw SupportError(.file, "file \(path): is no regular file; expected a log")
    }
    guard flock(descriptor, LOCK_EX) == 0, fstat(descriptor, &status) == 0 else {
      throw failure("write", path)
    }
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = count == 0 ? ENOSPC : errno
        ftruncate(descriptor, status.st_size)
        throw failure("write", path, code)
      }
      start += count
    }
  }

  public static func remove(_ path: String) { unlink(path) }
}
