import CartModel
import CartSupport

/// What a cart's page says of its store.
extension CartPage {
  /// Labels with their texts; none for a cart of this program.
  func store(_ cart: Cart) -> [(String, String)] {
    (cart.binding.map { store($0, cart) } ?? [])
      + (cart.mergedInto.isEmpty ? [] : [("Merged into", cart.mergedInto)])
  }

  private func store(_ binding: Binding, _ cart: Cart) -> [(String, String)] {
    var rows = [("Store", Self.text(binding)), ("As of", asOf(cart))]
    if cart.isPending {
      let count = cart.waiting.count
      let verb = count == 1 ? "waits" : "wait"
      rows.append(("Pending", "\(CountText.count(count, "change")) \(verb) for the store"))
    }
    return rows
  }

  private func asOf(_ cart: Cart) -> String {
    guard let time = cart.asOf else { return "unknown" }
    let age = Span(milliseconds: max(0, context.now.milliseconds - time.milliseconds))
    return "\(zone.text(time)) (\(age) ago)"
  }

  private static func text(_ binding: Binding) -> String {
    var parts = ["\(binding.storefront) \(binding.storeID)"]
    parts.append(binding.channel == 0 ? "channel unknown" : "channel \(binding.channel)")
    if !binding.locale.isEmpty { parts.append(binding.locale) }
    switch binding.origin {
    case .shopper: parts.append("made by the shopper")
    case .cartio: parts.append("made by Cartio")
    case .unknown: parts.append("origin unknown")
    }
    return parts.joined(separator: ", ")
  }
}
