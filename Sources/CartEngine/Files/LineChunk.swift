import Glibc

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
