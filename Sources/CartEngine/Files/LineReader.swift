import Glibc

/// Lines of a file or of standard input, one at a time.
public final class LineReader {
  private let file: InputFile?
  private let path: String
  private var buffer: [UInt8] = []
  private var index = 0
  private var atEnd = false
  /// The number of the line last read, from 1.
  public private(set) var number = 0

  /// - Parameters:
  ///   - path: a file or a pipe; `-` is standard input.
  ///   - wait: how long a pipe is waited for; nil where only a file makes sense.
  public init(_ path: String, wait: StreamWait? = .forever) throws(EngineError) {
    self.path = path
    file = try InputFile(path, wait: wait)
  }

  /// Lines of bytes that were read already.
  public init(bytes: [UInt8]) {
    path = "-"
    file = nil
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
      atEnd = try file?.read(1 << 18, onto: &buffer) ?? 0 == 0
      skipMark()
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

  /// A byte order mark at the beginning of a file is no part of its first line.
  private func skipMark() {
    if number == 0, index == 0, buffer.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
  }
}
