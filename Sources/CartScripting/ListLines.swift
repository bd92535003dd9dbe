/// The lines of a list's text that are neither empty nor comments, as bytes.
struct ListLines {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  /// The number of the line that was read last, from 1.
  private(set) var number = 0

  /// - Parameter body: uses the lines; they end with it.
  static func within<T>(_ text: String, _ body: (inout ListLines) -> T) -> T {
    var text = text
    return text.withUTF8 { bytes in
      var lines = ListLines(bytes: bytes)
      return body(&lines)
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// How many there are at most, where lines end as on this system.
  var most: Int { bytes.count { $0 == 0x0a } + 1 }

  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    while place < bytes.count {
      let start = place
      var first: UInt8?
      while place < bytes.count, bytes[place] != 0x0a, bytes[place] != 0x0d {
        if first == nil, bytes[place] > 0x20 { first = bytes[place] }
        place += 1
      }
      let end = place
      place += bytes[place...].starts(with: [0x0d, 0x0a]) ? 2 : 1
      number += 1
      guard let first, first != UInt8(ascii: "#") else { continue }
      return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }
    return nil
  }
}
