import CartModel
import LuaKit

/// Tables of a cart's facts: `cart.attr`, `cart.shipping_address` and `cart.billing_address`.
enum CartPartClasses {
  /// Which address an object is.
  enum Side: UInt32 {
    case shipping = 0
    case billing = 1

    var name: String { self == .shipping ? "shipping_address" : "billing_address" }
  }

  static let address = ScriptClass(
    kind: .address, .pure,
    fields: ShopperField.addressKeys.map { key in
      ScriptField(key, "string", "The address's \(key), or empty.") { call in
        let side = Side(rawValue: call.object.slot) ?? .shipping
        guard let field = ShopperField.address(shipping: side == .shipping)[key] else {
          return .string("")
        }
        return .string(try call.cart().shopper[field])
      }
    }, methods: [], events: [text])

  /// Its fields are those that carts have; one that a cart has not is an empty text.
  static let attributes = ScriptClass(
    kind: .attributes, .pure, fields: [], methods: [], events: [text])

  static func attribute(_ call: ScriptCall) throws -> LuaValue {
    guard case .object(let object) = call[0], case .string(let name) = call[1] else {
      throw LuaRaise("attr: expected the name of an attribute, got \(call.session.kind(call[1]))")
    }
    try Attribute.check(name: name)
    return .string(try call.session.cart(object.word).attribute(name))
  }

  private static let text = ScriptFunction("tostring", .pure, [.rest], "") { call in
    guard case .object(let object) = call[0] else { return [] }
    return [.string(call.session.text(object))]
  }

  /// `utm_source=spring visits=3`, or the known parts of an address.
  static func text(_ object: LuaObject, _ cart: Cart) -> String {
    if object.classID == ScriptClassID.attributes.rawValue {
      return cart.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
    let fields = ShopperField.address(shipping: object.slot == Side.shipping.rawValue)
    return ShopperField.addressKeys.compactMap { key in fields[key].map { cart.shopper[$0] } }
      .filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
