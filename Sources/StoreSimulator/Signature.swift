import CartSupport

/// HMAC of SHA-256 (RFC 2104).
enum HMAC {
  static func sha256(_ text: [UInt8], key: [UInt8]) -> [UInt8] {
    var key = key.count > 64 ? digest([key]) : key
    key += Array(repeating: 0, count: 64 - key.count)
    return digest([key.map { $0 ^ 0x5c }, digest([key.map { $0 ^ 0x36 }, text])])
  }

  private static func digest(_ parts: [[UInt8]]) -> [UInt8] {
    var digest = Digest()
    for part in parts { digest.add(part) }
    return digest.finish()
  }
}

/// Base64 with padding (RFC 4648).
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let padded = Array(part) + Array(repeating: 0, count: 3 - part.count)
      let word = padded.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      for place in 0..<4 {
        let letter = letters[Int(word >> UInt32(18 - 6 * place) & 63)]
        text.append(place > part.count ? "=" : letter)
      }
    }
    return text
  }
}
