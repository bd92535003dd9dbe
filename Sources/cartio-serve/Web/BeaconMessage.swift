import CartModel
import CartStorage
import CartSupport

/// What the storefront's script says of a visitor; anybody can send it, so little of it is believed.
struct BeaconMessage: Equatable {
  var cart: String
  var session: String

  /// Bytes of a message; more is refused.
  static let longest = 1_024

  /// Nil for what the script does not send.
  init?(_ body: [UInt8]) {
    guard body.count <= Self.longest,
      let json = try? body.withUnsafeBytes({ bytes throws(SupportError) in
        try JSONParser.parse(bytes)
      }),
      let cart = json["cart"]?.string, Self.isID(cart, 1...64)
    else { return nil }
    let session = json["session"]?.string ?? ""
    guard session.isEmpty || Self.isID(session, 8...64) else { return nil }
    (self.cart, self.session) = (cart.lowercased(), session)
  }

  private static func isID(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || byte == 0x2d
      }
  }

  /// The report that is kept, with what the connection says.
  func report(ip: String, browser: String, at time: Timestamp) -> KeptReport {
    var fields: [ShopperField: String] = [:]
    if !ip.isEmpty { fields[.ip] = ip }
    let browser = String(browser.unicodeScalars.prefix(Self.longestBrowser))
    if !browser.isEmpty { fields[.browser] = browser }
    if !session.isEmpty { fields[.session] = session }
    return KeptReport(cart: cart, at: time, fields: fields)
  }

  private static let longestBrowser = 300
}
