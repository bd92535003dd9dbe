import CartModel
import CartSupport

/// What is said of a field that an object does not have: the same by a running script and by the check
/// of its text.
enum ScriptMember {
  /// - Parameter type: of the object; where it was read from makes the hint exact.
  static func missing(_ name: String, of type: ScriptType) -> String {
    guard case .object(let kind) = type.base else { return "\(name): no such field" }
    if kind == .money, ShopperField.addressKeys.contains(name), !type.field.isEmpty {
      let side = type.field == "cart.shipping" ? "shipping" : nil
      return "\(type.field) is an amount and has no \(quoted(name)); write "
        + (side.map { "c.\($0)_address.\(name)" } ?? addresses(name))
    }
    return missing(name, of: kind)
  }

  static func missing(_ name: String, of kind: ScriptClassID) -> String {
    "\(kind.name).\(short(name)): no such field\(hint(name, of: kind, among: kind.memberNames))"
  }

  /// What to write instead.
  static func hint(_ name: String, of kind: ScriptClassID, among known: [String]) -> String {
    switch kind {
    case .money where ShopperField.addressKeys.contains(name):
      return "; for an address write \(addresses(name))"
    case .cart where name == "billing":
      return "; for the address write c.billing_address.country and so on"
    case .cart where name == "option": return "; write line.options.NAME"
    case .cart where ShopperField.addressKeys.contains(name): return "; write \(addresses(name))"
    default: return didYouMean(name, among: known)
    }
  }

  private static func addresses(_ key: String) -> String {
    "c.shipping_address.\(key) or c.billing_address.\(key)"
  }

  static func short(_ text: String) -> String {
    text.utf8.count > 60 ? "\(text.prefix(60))…" : text
  }
}
