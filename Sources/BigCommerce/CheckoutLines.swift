import CartEngine
import CartModel
import CartSupport

/// The lines of a cart, of all four kinds.
struct CheckoutLines {
  private(set) var lines: [Line] = []
  private(set) var amounts: [StatedTotals.LineAmount] = []

  /// - Throws: `garbled`, naming the line.
  init(_ items: JSONValue) throws(StorefrontError) {
    let kinds: [(key: String, kind: LineFacts.Kind)] = [
      ("physical_items", .physical), ("digital_items", .digital),
      ("gift_certificates", .giftCertificate), ("custom_items", .custom),
    ]
    for (key, kind) in kinds {
      for item in items.list(key) { try add(item, kind) }
    }
  }

  private mutating func add(_ item: JSONValue, _ kind: LineFacts.Kind) throws(StorefrontError) {
    let id = item.text("id")
    guard !id.isEmpty, !lines.contains(where: { $0.id == id }) else {
      throw StorefrontError(.garbled, "line: expected an id of its own, got \(quoted(id))")
    }
    // A certificate is one piece where its quantity is not said.
    let quantity = item["quantity"] == nil && kind == .giftCertificate ? 1 : item.whole("quantity")
    guard let quantity else {
      throw StorefrontError(.garbled, "line \(quoted(id)): quantity: expected a whole number")
    }
    // Nothing is left of such a line; some stores keep it for a moment.
    guard quantity != 0 else { return }
    guard Line.quantities.contains(quantity) else {
      throw StorefrontError(
        .garbled, "line \(quoted(id)): quantity: expected 1 … 1000000, got \(quantity)")
    }
    do throws(StorefrontError) {
      var line = Line(
        id: id, sku: item.text("sku"), name: name(item, kind), options: Self.options(item),
        quantity: quantity, price: try price(item, kind), image: image(item))
      line.facts = LineFacts(
        kind: kind, product: item.id("product_id"), variant: item.id("variant_id"),
        parent: item.id("parent_id"), isGift: item.flag("added_by_promotion") ?? false,
        isMutable: item.flag("is_mutable") ?? true, choices: Self.choices(item))
      lines.append(line)
      // As the subtotal counts it: before what discounts take off.
      let own = kind == .giftCertificate ? "amount" : "extended_list_price"
      if let amount = try item.decimal(own) { amounts.append(.init(id, amount)) }
    } catch { throw StorefrontError(.garbled, "line \(quoted(id)): \(error.message)") }
  }

  private func name(_ item: JSONValue, _ kind: LineFacts.Kind) -> String {
    let name = item.text("name", limit: 4000)
    return name.isEmpty && kind == .giftCertificate ? "Gift certificate" : name
  }

  private func image(_ item: JSONValue) -> String {
    let image = item["image_url"]?.scalar ?? ""
    // An address that is cut off leads nowhere.
    return image.utf8.count <= 4000 && !image.utf8.contains(0) ? image : ""
  }

  /// Of one piece, before discounts.
  private func price(_ item: JSONValue, _ kind: LineFacts.Kind) throws(StorefrontError) -> UnitPrice
  {
    let keys =
      kind == .giftCertificate ? ["amount"] : ["list_price", "sale_price", "original_price"]
    for key in keys { if let price = try item.decimal(key) { return price } }
    throw StorefrontError(.garbled, "\(keys[0]): expected a decimal")
  }

  /// In the order of their names.
  private static func sorted(_ item: JSONValue) -> [JSONValue] {
    item.list("options").filter { !$0.text("name").isEmpty }.sorted {
      ($0.text("name"), $0.text("value")) < ($1.text("name"), $1.text("value"))
    }
  }

  static func options(_ item: JSONValue) -> [Line.Option] {
    sorted(item).map {
      Line.Option(name: $0.text("name", limit: 500), value: $0.text("value", limit: 3500))
    }
  }

  /// What was typed has no id of its own: its text stands for it.
  private static func choices(_ item: JSONValue) -> [LineFacts.Choice] {
    sorted(item).compactMap { option in
      let name = option.id("nameId")
      guard !name.isEmpty else { return nil }
      let value = option.id("valueId")
      return .init(option: name, value: value.isEmpty ? option.text("value") : value)
    }
  }
}
