import Glibc

/// Reading and writing whole files, with errors that name them.
public enum Files {
  /// - Throws: `file`, naming the path and the reason.
  public static func read(_ path: String, limit: Int = 1 << 30) throws(EngineError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw EngineError(.file, "file \(path): larger than \(limit) bytes")
      }
    }
  }

  public static func text(_ path: String) throws(EngineError) -> String {
    let bytes = try read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EngineError(.file, "file \(path): expected UTF-8")
    }
    return text
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
  public static func makeFolder(_ path: String) throws(EngineError) {
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

  /// Puts a file in the place of another.
  /// A name beside a file for what is not whole yet; no other process uses it.
  static func partial(_ path: String) -> String { "\(path).\(getpid()).partial" }

  static func move(_ path: String, to target: String) throws(EngineError) {
    guard rename(path, target) == 0 else { throw failure("write", target) }
  }

  public static func remove(_ path: String) { unlink(path) }

  static func failure(_ verb: String, _ path: String) -> EngineError {
    EngineError(.file, "file \(path): cannot \(verb) it: \(String(cString: strerror(errno)))")
  }
}

/// A file or standard output that is written piece by piece.
public final class OutputFile {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []

  /// Makes or empties the file; `-` is standard output.
  ///
  /// - Parameter isPrivate: whether only its owner may read it, where it is new.
  /// - Throws: `file`.
  public init(_ path: String, isPrivate: Bool = false) throws(EngineError) {
    self.path = path
    let mode: mode_t = isPrivate ? 0o600 : 0o666
    descriptor = path == "-" ? 1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Files.failure("write", path) }
    buffer.reserveCapacity(1 << 16)
  }

  public func write(_ bytes: some Collection<UInt8>) throws(EngineError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { try flush() }
  }

  public func write(_ text: String) throws(EngineError) { try write(text.utf8) }

  public func flush() throws(EngineError) {
    var start = 0
    while start < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      guard count > 0 else {
        if errno == EINTR { continue }
        buffer = []
        throw Files.failure("write", path)
      }
      start += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  deinit { if descriptor > 2 { close(descriptor) } }
}

/// Lines of a file or of standard input, one at a time.
public final class LineReader {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private var index = 0
  private var atEnd = false
  /// The number of the line last read, from 1.
  public private(set) var number = 0

  /// - Parameter path: `-` is standard input.
  public init(_ path: String) throws(EngineError) {
    self.path = path
    descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Files.failure("read", path) }
  }

  /// Lines of bytes that were read already.
  public init(bytes: [UInt8]) {
    path = "-"
    descriptor = -1
    buffer = bytes
    atEnd = true
    skipMark()
  }

  /// The next line without its end; nil at the end of the file.
  ///
  /// - Throws: `file` when it cannot be read, or a line is longer than 16 MiB.
  public func next() throws(EngineError) -> ArraySlice<UInt8>? {
    var searched = index
    while true {
      if let end = buffer.withUnsafeBytes({ bytes -> Int? in
        guard searched < bytes.count, let base = bytes.baseAddress,
          let found = memchr(base + searched, 10, bytes.count - searched)
        else { return nil }
        return UnsafeRawPointer(found) - base
      }) {
        defer { index = end + 1 }
        number += 1
        return buffer[index..<(end > index && buffer[end - 1] == 13 ? end - 1 : end)]
      }
      if atEnd {
        guard index < buffer.count else { return nil }
        defer { index = buffer.count }
        number += 1
        return buffer[index...]
      }
      searched = buffer.count - index
      buffer.removeSubrange(..<index)
      index = 0
      guard buffer.count < 1 << 24 else {
        throw EngineError(.file, "file \(path), line \(number + 1): longer than 16 MiB")
      }
      try fill()
    }
  }

  /// The next lines together, about a quarter of a mebibyte; nil at the end of the file.
  ///
  /// - Throws: as `next`.
  func nextChunk() throws(EngineError) -> LineChunk? {
    guard let first = try next() else { return nil }
    // What the buffer still holds of whole lines goes along without another search for its end.
    var bytes = Array(first)
    bytes.append(0x0a)
    let start = number
    let rest = buffer[index...]
    let end = rest.lastIndex(of: 0x0a).map { $0 + 1 } ?? index
    bytes.append(contentsOf: buffer[index..<end])
    index = end
    let chunk = LineChunk(bytes: bytes, first: start)
    number = start + chunk.numbers.count - 1
    return chunk
  }

  private func fill() throws(EngineError) {
    let size = 1 << 18
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    let count = buffer.withUnsafeMutableBytes {
      Glibc.read(descriptor, $0.baseAddress.map { $0 + start }, size)
    }
    buffer.removeLast(size - max(count, 0))
    guard count >= 0 else {
      if errno == EINTR { return }
      throw Files.failure("read", path)
    }
    atEnd = count == 0
    skipMark()
  }

  /// A byte order mark at the beginning of a file is no part of its first line.
  private func skipMark() {
    if number == 0, index == 0, buffer.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
  }

  deinit { if descriptor > 2 { close(descriptor) } }
}

/// Consecutive lines of a file.
struct LineChunk: Sendable {
  private let bytes: [UInt8]
  private let starts: [Int]
  private let first: Int

  /// - Parameters:
  ///   - bytes: whole lines, each with its end.
  ///   - first: the number of the first line.
  init(bytes: [UInt8], first: Int) {
    self.bytes = bytes
    self.first = first
    var starts = [0]
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      var at = 0
      while at < buffer.count, let end = memchr(base + at, 0x0a, buffer.count - at) {
        at = UnsafeRawPointer(end) - base + 1
        starts.append(at)
      }
    }
    self.starts = starts
  }

  var numbers: Range<Int> { first..<first + starts.count - 1 }

  /// A line without its end.
  func line(_ number: Int) -> ArraySlice<UInt8> {
    let index = number - first
    guard index >= 0, index + 1 < starts.count else { return [] }
    var end = starts[index + 1] - 1
    if end > starts[index], bytes[end - 1] == 0x0d { end -= 1 }
    return bytes[starts[index]..<end]
  }
}
