/// HMAC-SHA256 (RFC 2104): says whether a message is from one who knows a key.
public struct MessageCode: Sendable {
  private let inner: [UInt8]
  private let outer: [UInt8]

  public init(key: [UInt8]) {
    var key = key
    if key.count > 64 {
      var digest = Digest()
      digest.add(key)
      key = digest.finish()
    }
    key += [UInt8](repeating: 0, count: 64 - key.count)
    (inner, outer) = (key.map { $0 ^ 0x36 }, key.map { $0 ^ 0x5c })
  }

  /// The 32 bytes of a message.
  public func callAsFunction(_ message: [UInt8]) -> [UInt8] {
    var digest = Digest()
    digest.add(inner)
    digest.add(message)
    let middle = digest.finish()
    digest = Digest()
    digest.add(outer)
    digest.add(middle)
    return digest.finish()
  }
}

/// Whether both are the same bytes, in a time that says nothing of where they differ.
public func isEqualInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for index in a.indices { difference |= a[index] ^ b[index] }
  return difference == 0
}

/// Base64 with padding (RFC 4648, 4).
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func text(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var group = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      group <<= UInt32(8 * (3 - part.count))
      for place in 0..<4 {
        let isThere = place <= part.count
        out.append(
          isThere ? digits[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// - Returns: nil for what is not of the form.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let all = Array(text.utf8)
    guard all.count % 4 == 0 else { return nil }
    let end = all.lastIndex { $0 != UInt8(ascii: "=") }.map { $0 + 1 } ?? 0
    guard all.count - end <= 2 else { return nil }
    var (out, group, bits) = ([UInt8](), UInt32(0), 0)
    for byte in all[..<end] {
      guard let digit = digits.firstIndex(of: byte) else { return nil }
      group = group << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
      }
      group &= 0xfff
    }
    return out
  }
}
