import Glibc

/// What a path names for writing: the file at the end of its links, a file to be made, or a stream.
package struct FileTarget {
  package enum Kind {
    case missing
    /// A regular file, with its owner and permissions.
    case file(stat)
    /// A pipe, a terminal, `/dev/null`: it is written directly.
    case stream
  }

  /// The path behind all symbolic links.
  package let path: String
  package let kind: Kind

  /// - Throws: `file` where the path is empty, names a folder, or its links lead in a circle.
  package init(_ path: String) throws(SupportError) {
    guard !path.isEmpty else {
      throw SupportError(.file, "file '': expected a name, got an empty text")
    }
    self.path = try Self.end(of: path)
    var status = stat()
    guard stat(self.path, &status) == 0 else {
      guard errno == ENOENT, !path.hasSuffix("/") else { throw Files.failure("write", path) }
      kind = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file(status)
    case S_IFDIR: throw SupportError(.file, "file \(path): is a folder; name a file in it")
    default: kind = .stream
    }
  }

  /// Follows symbolic links, also to a file that does not exist yet.
  private static func end(of path: String) throws(SupportError) -> String {
    var path = path
    for _ in 0..<40 {
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &bytes, bytes.count)
      // What is no link, or does not exist, ends the way.
      guard count >= 0 else { return path }
      let link = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
      path = link.hasPrefix("/") ? link : Files.folder(path) + "/" + link
    }
    throw Files.failure("write", path, ELOOP)
  }
}

extension Files {
  /// Whether a path means something that is open already, as standard input is.
  public static func isDescriptor(_ path: String) -> Bool {
    path == "-" || descriptor(named: path) != nil
  }

  /// The descriptor that a path such as `/dev/stdout` or `/dev/fd/63` stands for; nil for others.
  static func descriptor(named path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return 0
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
        let digits = path.dropFirst(folder.count)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int32(digits)
      }
      return nil
    }
  }
}
