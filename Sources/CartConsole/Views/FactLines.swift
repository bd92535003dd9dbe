import CartEngine
import CartModel
import CartSupport

/// What rules read, and the change with which they would not match, as lines.
enum FactLines {
  /// The facts with the carts that count in them.
  static func lines(_ facts: [Explanation.Fact]) -> [String] {
    facts.map { fact in
      let line = "    \(fact.name) = \(fact.value)"
      guard !fact.carts.isEmpty else { return line }
      let more =
        fact.cartCount > fact.carts.count
        ? "; \(fact.carts.count) of \(CountText.grouped(fact.cartCount)) carts shown" : ""
      return line + "  (\(fact.carts.joined(separator: ", "))\(more))"
    }
  }

  static let noWay = "    No single change would stop the match; several facts match."

  /// The change with which it would not match, as a sentence.
  ///
  /// - Parameter way: nil where no single change suffices.
  static func words(_ way: Explanation.Fact?) -> String {
    guard let way else { return noWay }
    let value = way.value == "\"\"" || way.value == "{}" ? "empty" : way.value
    return "    It would not match if \(subject(way.name)) were \(value)."
  }

  /// A fact as a person calls it; what is no field of a cart keeps its name.
  static func subject(_ fact: String) -> String {
    switch fact {
    case "email": "the e-mail"
    case "ip": "the IP address"
    case "customer_id": "the customer number"
    case "shopper_type": "the shopper's type"
    case "#lines": "the number of lines"
    default: !fact.contains("_") && (try? CartField.named(fact)) != nil ? "the " + fact : fact
    }
  }
}
