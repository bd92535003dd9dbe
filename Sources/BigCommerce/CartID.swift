import CartEngine
import CartSupport

/// The store's id of a cart: a UUID, checked before it becomes part of an address. `DELETE /v3/carts/` or
/// `/v2/orders` without an id would be about all of them.
struct CartID: Hashable, Sendable {
  /// In small letters.
  let text: String

  /// - Returns: nil for what is no UUID.
  init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (place, byte) in bytes.enumerated() {
      let isDash = [8, 13, 18, 23].contains(place)
      let isDigit =
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        || (0x41...0x46).contains(byte)
      guard isDash ? byte == UInt8(ascii: "-") : isDigit else { return nil }
    }
    self.text = text.lowercased()
  }

  /// - Throws: `notFound`.
  static func check(_ text: String) throws(StorefrontError) -> CartID {
    guard let id = CartID(text) else {
      throw StorefrontError(
        .notFound,
        "\(quoted(text)) is no id of a cart: expected one as "
          + "76f1bfe4-dbbe-4018-8ee6-2e3c36bf1518")
    }
    return id
  }
}

/// The store's number of an order, product, customer, hook: digits only.
enum StoreNumber {
  /// - Throws: `notFound`.
  static func check(_ text: String, _ what: String) throws(StorefrontError) -> String {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text.utf8.first != 0x30
    else {
      throw StorefrontError(.notFound, "\(quoted(text)) is no number of \(what)")
    }
    return text
  }
}
