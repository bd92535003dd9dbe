import CartSupport

/// Fields that differ in a key: `shipping.country`, `option.size`.
public struct CartFieldFamily: Sendable {
  public let name: String
  /// What stands for the key in help.
  public let placeholder: String
  /// The keys that there are; empty where carts decide.
  public let keys: [String]
  /// A sentence for help.
  public let about: String
  private let make: @Sendable (String) throws(ModelError) -> CartField

  public static let all = [
    address(shipping: true), address(shipping: false), option, attribute,
  ]

  /// - Throws: `malformed` for a key that there is not.
  public func field(_ key: String) throws(ModelError) -> CartField {
    guard !key.isEmpty else {
      throw ModelError(.malformed, "filter: expected \(name).\(placeholder), got \(name).")
    }
    return try make(key)
  }

  /// Its fields in the order of their keys; none where carts decide.
  var fields: [CartField] { keys.compactMap { try? field($0) } }

  /// Names of its fields; `option.` where carts decide on the rest.
  var names: [String] { keys.isEmpty ? [name + "."] : keys.map { name + "." + $0 } }

  private static func address(shipping: Bool) -> CartFieldFamily {
    let fields = ShopperField.address(shipping: shipping)
    let keys = ShopperField.addressKeys
    let name = shipping ? "shipping" : "billing"
    return CartFieldFamily(
      name: name, placeholder: "KEY", keys: keys,
      about: "The \(name) address: \(keys.joined(separator: " "))."
    ) { key throws(ModelError) in
      guard let field = fields[key] else {
        let known = keys.map { name + "." + $0 }
        throw ModelError(
          .malformed,
          "filter: no field \(quoted(name + "." + key))"
            + didYouMean(name + "." + key, among: known))
      }
      return CartField(
        name + "." + key, key == "country" ? .country : .text,
        traits: key == "country" ? [] : .personal,
        stored: field, "The \(name) address's \(key)."
      ) { cart, _, _ in .text(cart.shopper[field]) }
    }
  }

  private static let attribute = CartFieldFamily(
    name: "attr", placeholder: "NAME", keys: [],
    about: "A reported fact about the cart, by its name: attr.utm_source=spring."
  ) { key throws(ModelError) in
    try Attribute.check(name: key)
    return CartField(
      "attr." + key, .text, traits: [.personal, .free, .imported], "The attribute \(key)."
    ) { cart, _, _ in .text(cart.attribute(key)) }
  }

  private static let option = CartFieldFamily(
    name: "option", placeholder: "NAME", keys: [],
    about: "An option of any line, by its name: option.size=XL."
  ) { key throws(ModelError) in
    CartField(
      "option." + key, .text, traits: [.free, .many], export: .asked, "Lines' option \(key)."
    ) {
      cart, _, _ in
      .texts(
        cart.lines.compactMap { line in line.options.first { $0.name == key }?.value })
    }
  }
}
