import Glibc

/// A file that is written piece by piece and then takes the place of the one before as a whole.
///
/// Until `commit` a reader sees the file of before, and it stays when writing fails. Pipes, devices
/// and standard output are written directly.
public final class OutputFile {
  typealias Writer = (Int32, UnsafeRawBufferPointer) -> Int

  private let path: String
  private let descriptor: Int32
  private let partial: PartialFile?
  private let put: Writer
  private let wait: StreamWait
  private var buffer: [UInt8] = []
  /// Takes the text instead of a file.
  private let screen: ((String) -> Void)?

  /// Gives what is written to a function, in whole lines.
  ///
  /// - Parameter isTerminal: whether a person sees it at once.
  public init(showing screen: @escaping (String) -> Void, isTerminal: Bool) {
    self.screen = screen
    (path, descriptor, partial, wait) = ("-", -1, nil, .forever)
    put = { _, _ in 0 }
    isShown = isTerminal
  }

  /// - Parameters:
  ///   - path: symbolic links are followed; `-` is standard output.
  ///   - permissions: of a new file, less the umask; a file that is replaced hands on its own.
  ///   - wait: how long a pipe is waited for whose reader takes nothing.
  /// - Throws: `file`; for a pipe that no program reads at once.
  public convenience init(
    _ path: String, permissions: mode_t = 0o666, wait: StreamWait = .forever
  ) throws(SupportError) {
    try self.init(
      path, permissions: permissions, wait: wait,
      writer: { Glibc.write($0, $1.baseAddress, $1.count) })
  }

  init(
    _ path: String, permissions: mode_t = 0o666, wait: StreamWait = .forever,
    writer: @escaping Writer
  ) throws(SupportError) {
    self.path = path
    self.wait = wait
    screen = nil
    isShown = false
    put = writer
    buffer.reserveCapacity(1 << 16)
    if path == "-" {
      (descriptor, partial) = (1, nil)
      return
    }
    if let named = Files.descriptor(named: path) {
      (descriptor, partial) = (named <= 2 ? named : dup(named), nil)
      guard descriptor >= 0 else { throw Files.failure("write", path) }
      return
    }
    let target = try FileTarget(path)
    if case .stream = target.kind {
      // A pipe that no program reads is an error; else this would wait for one.
      (descriptor, partial) = (
        open(target.path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), nil
      )
      guard descriptor >= 0 else { throw Files.failure("write", path) }
    } else {
      let own = try PartialFile(for: target, permissions: permissions)
      (descriptor, partial) = (own.descriptor, own)
    }
  }

  /// Whether a person sees at once what is written.
  public var isTerminal: Bool { isShown || partial == nil && isatty(descriptor) == 1 }

  private let isShown: Bool

  public func write(_ bytes: some Collection<UInt8>) throws(SupportError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16, screen == nil || buffer.last == 0x0a { try flush() }
  }

  public func write(_ text: String) throws(SupportError) { try write(text.utf8) }

  /// Ends the writing: the file has its name and its content from now on.
  ///
  /// - Throws: `file`; then the file of before is still there.
  public func commit() throws(SupportError) {
    try flush()
    try partial?.commit()
  }

  private func flush() throws(SupportError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    if let screen { return screen(String(decoding: buffer, as: UTF8.self)) }
    if descriptor == 1 {
      guard StandardOutput.write(buffer) else { throw StandardOutput.error }
      return
    }
    var start = 0
    while start < buffer.count {
      let count = buffer.withUnsafeBytes { put(descriptor, .init(rebasing: $0[start...])) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        try wait.until(POLLOUT, on: descriptor) {
          "file \(path): took nothing within the time of --timeout; it is not whole"
        }
        continue
      }
      guard count > 0 else { throw Files.failure("write", path, count == 0 ? ENOSPC : errno) }
      start += count
    }
  }

  deinit { if partial == nil, descriptor > 2 { close(descriptor) } }
}
