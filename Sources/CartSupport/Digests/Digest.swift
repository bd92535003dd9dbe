import CDigest

/// SHA-256, fed piece by piece.
public struct Digest {
  private var context = SHA2_CTX()

  public init() { SHA256Init(&context) }

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let address = bytes.baseAddress else { return }
    SHA256Update(&context, address.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  public mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  public mutating func add(_ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { add($0) }
  }

  /// The 32 bytes; the digest is used up.
  public mutating func finish() -> [UInt8] {
    var out = [UInt8](repeating: 0, count: 32)
    SHA256Final(&out, &context)
    return out
  }

  /// The first 16 bytes as two big-endian numbers; the digest is used up.
  public mutating func finishPair() -> (high: UInt64, low: UInt64) {
    var out = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    withUnsafeMutableBytes(of: &out) {
      SHA256Final($0.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
    }
    return (UInt64(bigEndian: out.0), UInt64(bigEndian: out.1))
  }
}

/// Lowercase hexadecimal.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var out: [UInt8] = []
  for byte in bytes {
    out.append(digits[Int(byte >> 4)])
    out.append(digits[Int(byte & 15)])
  }
  return String(decoding: out, as: UTF8.self)
}
