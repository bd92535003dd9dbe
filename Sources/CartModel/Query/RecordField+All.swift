/// A line with its cart.
public struct LineRecord: Sendable {
  public let line: Line
  public let cart: Cart

  public init(_ line: Line, _ cart: Cart) { (self.line, self.cart) = (line, cart) }

  /// An option by the bytes of its name, as a text equals another one that Unicode composes differently.
  public func option(_ name: String) -> String {
    line.options.first { $0.name.utf8.elementsEqual(name.utf8) }?.value ?? ""
  }
}

extension RecordField where Record == LineRecord {
  /// The fields of a line, in the order in which files write them; its options stand beside them.
  public static let lines: [RecordField] = [
    .text("cart", traits: [.filesOnly, .tablesOnly], "The id of its cart.") { $0.cart.id },
    .text("id", column: "line", key: "id", "Its name within the cart.") { $0.line.id },
    .text("sku", "Its SKU.") { $0.line.sku },
    .text("name", "Its product's name.") { $0.line.name },
    .number("quantity", "Pieces.") { $0.line.quantity },
    .text("price", "The exact price of one piece, a decimal.") {
      $0.line.price.text($0.cart.currency)
    },
    RecordField("total", .amount, traits: .computed, "Its amount.") {
      .amount(try? $0.cart.amount(of: $0.line))
    },
    .text("currency", traits: .filesOnly, "The currency of its cart.") { $0.cart.currency.code },
    .text("image", "The address of a picture, or empty.") { $0.line.image },
    RecordField(
      "kind", .choice(LineFacts.Kind.allCases.map(\.rawValue)),
      "physical, digital, gift_certificate or custom."
    ) { .text($0.line.facts.kind.rawValue) },
    .text("product_id", stated: "product", "The store's id of the product, or empty.") {
      $0.line.facts.product
    },
    .text("variant_id", stated: "variant", "The store's id of the variant, or empty.") {
      $0.line.facts.variant
    },
    .text("parent_id", stated: "parent", "The line of the bundle that it is part of, or empty.") {
      $0.line.facts.parent
    },
    RecordField("gift", .flag, "Whether it is a gift of a promotion.") {
      .flag($0.line.facts.isGift)
    },
    RecordField("mutable", .flag, "Whether its store lets it be changed.") {
      .flag($0.line.facts.isMutable)
    },
    RecordField("at", .time, traits: [.filesOnly, .tablesOnly], "When its cart last changed.") {
      .time($0.cart.updated)
    },
  ]
}

/// An order with the cart that became it.
public struct OrderRecord: Sendable {
  public let order: Order
  public let cart: Cart

  /// Nil for a cart without an order.
  public init?(_ cart: Cart) {
    guard let order = cart.order else { return nil }
    (self.order, self.cart) = (order, cart)
  }
}

extension RecordField where Record == OrderRecord {
  /// The fields of an order, in the order in which files write them; its lines stand beside them.
  public static let orders: [RecordField] = [
    .text("id", column: "order", "Its number.") { $0.order.id },
    .text("cart", traits: .filesOnly, "The id of the cart that became it.") { $0.cart.id },
    RecordField("at", .time, "When it was placed.") { .time($0.order.at) },
    RecordField(
      "status", .choice(["placed", "paid", "cancelled", "refunded"]),
      "placed, paid, cancelled or refunded."
    ) { .text($0.order.state.description) },
    RecordField("total", .amount, "Its total.") { .amount($0.order.total) },
    .text("currency", traits: .filesOnly, "The currency of its cart.") { $0.cart.currency.code },
    .text("email", "The shopper's e-mail, or empty.") { $0.cart.shopper[.email] },
    .number("quantity", traits: .tablesOnly, "Pieces over all of its lines.") { $0.order.quantity },
  ]
}

extension RecordField where Record == Product {
  /// The fields of a product, in the order in which files write them.
  public static let products: [RecordField] = [
    .text("sku", "Its SKU.") { $0.sku },
    .text("name", "Its name.") { $0.name },
    .text("price", "The exact price of one piece, a decimal.") { $0.price.text($0.currency) },
    RecordField("currency", .currency, "ISO 4217.") { .text($0.currency.code) },
    .text("image", "The address of a picture, or empty.") { $0.image },
    RecordField(
      "stock", .number, traits: .optional, "Pieces in stock; nil where they are not counted."
    ) {
      $0.stock.map { .number($0) } ?? .text("")
    },
    .text("category", "Its category, or empty.") { $0.details.category },
    .text("brand", "Its brand, or empty.") { $0.details.brand },
    .text("weight", "Of one piece, in the store's unit: a decimal, or empty.") {
      $0.details.weight?.plainText ?? ""
    },
    .text("cost", "What one piece costs the merchant: a decimal, or empty.") {
      $0.details.cost?.plainText ?? ""
    },
    .text("tags", traits: [.filesOnly, .tablesOnly], "Its tags, with commas between.") {
      $0.details.tags.joined(separator: ", ")
    },
    RecordField("backorder", .flag, "Whether it is sold beyond its stock.") {
      .flag($0.details.isBackordered)
    },
    RecordField(
      "available", .flag, traits: .computed,
      "Whether it can be sold: in stock, not counted, or on backorder."
    ) { .flag($0.isAvailable) },
    RecordField("at", .time, traits: .importOnly, "When it was so.") { _ in .text("") },
  ]
}
