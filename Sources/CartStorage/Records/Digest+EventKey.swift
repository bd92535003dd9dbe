import CartModel
import CartSupport

extension Digest {
  /// The first 16 bytes; the digest is used up.
  public mutating func finishKey() -> EventKey {
    let pair = finishPair()
    return EventKey(high: pair.high, low: pair.low)
  }

  public static func key(of bytes: [UInt8]) -> EventKey {
    var digest = Digest()
    digest.add(bytes)
    return digest.finishKey()
  }

  public static func key(of text: String) -> EventKey {
    var digest = Digest()
    digest.add(text)
    return digest.finishKey()
  }
}
