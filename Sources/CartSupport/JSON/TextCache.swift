import Glibc

/// Gives one text for the same bytes, as far as it remembers them.
///
/// Events of a file name the same carts and products again and again; a text that is shared needs
/// neither memory of its own nor a comparison byte by byte. Direct-mapped; belongs to one thread.
package final class TextCache {
  private var texts = [String](repeating: "", count: 1024)

  package init() {}

  /// Shorter texts lie within their `String` and need no memory.
  private static let lengths = 16...255

  /// - Parameter bytes: ASCII.
  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    guard Self.lengths.contains(bytes.count) else { return String(decoding: bytes, as: UTF8.self) }
    let slot = Self.slot(of: bytes)
    let isSame =
      texts[slot].utf8.withContiguousStorageIfAvailable { known in
        guard known.count == bytes.count, let a = known.baseAddress, let b = bytes.baseAddress
        else { return false }
        return memcmp(a, b, bytes.count) == 0
      } ?? false
    if !isSame { texts[slot] = String(decoding: bytes, as: UTF8.self) }
    return texts[slot]
  }

  /// Ten bits of the first, middle and last eight bytes.
  private static func slot(of bytes: UnsafeRawBufferPointer) -> Int {
    var hash = UInt64(bytes.count)
    for offset in [0, bytes.count / 2 - 4, bytes.count - 8] {
      hash =
        (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 32
    }
    return Int(hash >> 20) & 1023
  }
}
