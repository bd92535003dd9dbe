import CartModel

/// The identity of an event over files and databases: 16 bytes.
///
/// Those that we make begin with the event's time, so that the index over them grows at its end.
public struct EventKey: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 48 bits of time, then 80 of `high` and `low`.
  public init(at: Timestamp, _ high: UInt64, _ low: UInt64) {
    let time = UInt64(bitPattern: at.milliseconds) << 16
    self.init(high: time | high & 0xffff, low: low)
  }

  /// Reads 32 lowercase hexadecimal digits; nil for anything else.
  public init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32,
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  public var bytes: [UInt8] { withBytes { [UInt8]($0) } }

  /// Lends the bytes for the call.
  @inlinable
  package func withBytes<T, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> T) throws(E)
    -> T
  {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  package init(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else {
      self.init(high: 0, low: 0)
      return
    }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}
