/// SipHash-2-4: a short hash under a key, without which nobody can make two texts meet.
///
/// Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; Swift's own hashing differs from
/// one process to the next.
package struct SipHash {
  private let first: UInt64
  private let second: UInt64

  package init(key first: UInt64, _ second: UInt64) { (self.first, self.second) = (first, second) }

  package func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = State(
      a: first ^ 0x736f_6d65_7073_6575, b: second ^ 0x646f_7261_6e64_6f6d,
      c: first ^ 0x6c79_6765_6e65_7261, d: second ^ 0x7465_6462_7974_6573)
    var place = 0
    while place + 8 <= bytes.count {
      state.take(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      place += 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) << 56
    for shift in 0..<bytes.count - place { last |= UInt64(bytes[place + shift]) << (8 * shift) }
    state.take(last)
    return state.finish()
  }

  private struct State {
    var a, b, c, d: UInt64

    mutating func take(_ word: UInt64) {
      d ^= word
      mix()
      mix()
      a ^= word
    }

    mutating func finish() -> UInt64 {
      c ^= 0xff
      for _ in 0..<4 { mix() }
      return a ^ b ^ c ^ d
    }

    private mutating func mix() {
      a &+= b
      b = Self.turned(b, 13) ^ a
      a = Self.turned(a, 32)
      c &+= d
      d = Self.turned(d, 16) ^ c
      a &+= d
      d = Self.turned(d, 21) ^ a
      c &+= b
      b = Self.turned(b, 17) ^ c
      c = Self.turned(c, 32)
    }

    private static func turned(_ word: UInt64, _ count: UInt64) -> UInt64 {
      word << count | word >> (64 - count)
    }
  }
}
