import Glibc

/// Finds where lines end in a buffer: LF, CR or CR LF.
///
/// It remembers the next LF and the next CR, so that a buffer is searched once for each.
struct LineEnds {
  private var feed = -1
  private var carriage = -1

  /// Forgets what it found, as the buffer changed.
  mutating func reset() { (feed, carriage) = (-1, -1) }

  /// The next LF or CR at or behind a place; nil if no such byte follows.
  mutating func next(in buffer: UnsafeRawBufferPointer, from place: Int) -> Int? {
    if feed < place { feed = Self.find(0x0a, in: buffer, from: place) }
    if carriage < place { carriage = Self.find(0x0d, in: buffer, from: place) }
    let end = min(feed, carriage)
    return end < buffer.count ? end : nil
  }

  /// The next place of a byte; the count of the buffer if it does not occur.
  private static func find(_ byte: Int32, in buffer: UnsafeRawBufferPointer, from place: Int)
    -> Int
  {
    guard place < buffer.count, let base = buffer.baseAddress,
      let found = memchr(base + place, byte, buffer.count - place)
    else { return buffer.count }
    return UnsafeRawPointer(found) - base
  }
}
