import Glibc

/// A file that is open for reading, or a pipe where one may be read.
package final class InputFile {
  private let descriptor: Int32
  private let path: String
  private let wait: StreamWait

  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - wait: how long a pipe is waited for; nil where only a file makes sense.
  /// - Throws: `file`; without waiting for what is no file.
  package init(_ path: String, wait: StreamWait? = nil) throws(SupportError) {
    self.path = path
    self.wait = wait ?? .forever
    if path == "-" {
      descriptor = 0
      return
    }
    var status = stat()
    let named = Files.descriptor(named: path)
    guard (named.map { fstat($0, &status) } ?? stat(path, &status)) == 0 else {
      throw Files.failure("read", path)
    }
    try Self.check(status, path, allowsStreams: wait != nil)
    // Between the two calls it may have become another.
    descriptor =
      named.map { fcntl($0, F_DUPFD_CLOEXEC, 3) } ?? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Files.failure("read", path) }
    guard fstat(descriptor, &status) == 0 else { throw Files.failure("read", path) }
    try Self.check(status, path, allowsStreams: wait != nil)
  }

  private static func check(_ status: stat, _ path: String, allowsStreams: Bool)
    throws(SupportError)
  {
    guard let kind = Files.kind(of: status) else { return }
    // An empty file, as many a file is switched off with a link to it.
    if let (major, minor) = device(status), (major, minor) == (1, 3) { return }
    if allowsStreams, kind == "pipe" || kind == "socket" || isTerminal(status) { return }
    throw SupportError(.file, "file \(path): is a \(kind); expected a file")
  }

  /// Whether it could be read, without opening it: a pipe would lose its writer.
  ///
  /// - Throws: as `init`.
  static func check(_ path: String, allowsStreams: Bool) throws(SupportError) {
    guard path != "-" else { return }
    var status = stat()
    let named = Files.descriptor(named: path)
    guard (named.map { fstat($0, &status) } ?? stat(path, &status)) == 0,
      named != nil || access(path, R_OK) == 0
    else { throw Files.failure("read", path) }
    try check(status, path, allowsStreams: allowsStreams)
  }

  /// Terminals wait for a person; other devices may give bytes for ever.
  private static func isTerminal(_ status: stat) -> Bool {
    guard let major = device(status)?.major else { return false }
    return (4...5).contains(major) || (136...143).contains(major)
  }

  /// The numbers of a character device (devices.txt of the Linux kernel); nil for others.
  private static func device(_ status: stat) -> (major: UInt, minor: UInt)? {
    guard status.st_mode & S_IFMT == S_IFCHR else { return nil }
    return (UInt(status.st_rdev >> 8 & 0xfff), UInt(status.st_rdev & 0xff))
  }

  /// Reads what is there, and appends it.
  ///
  /// - Returns: the number of bytes; 0 at the end.
  /// - Throws: `file`, `interrupted`.
  package func read(_ most: Int, onto bytes: inout [UInt8]) throws(SupportError) -> Int {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: most))
    var count = -1
    defer { bytes.removeLast(most - max(count, 0)) }
    while true {
      try waitForBytes()
      count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + start }, most)
      }
      if count >= 0 { return count }
      guard errno == EINTR || errno == EAGAIN else { throw Files.failure("read", path) }
    }
  }

  /// A pipe that nobody has opened for writing yet counts as one that gives nothing.
  private func waitForBytes() throws(SupportError) {
    try wait.until(POLLIN, on: descriptor) {
      let name = path == "-" ? "standard input" : "file \(path)"
      return "\(name): gave nothing within the time of --timeout; nothing was read"
    }
  }

  deinit { if descriptor > 2 { close(descriptor) } }
}
