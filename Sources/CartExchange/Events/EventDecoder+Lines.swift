import CartEngine
import CartModel
import CartSupport

/// Lines and orders.
extension EventDecoder {
  func line(_ fields: Fields) throws(Failure) -> Line {
    let facts = try facts(fields)
    let sku = try fields.text("sku", limit: 255) ?? ""
    guard !sku.isEmpty || facts?.identifiesLine ?? false else {
      throw fields.missing("sku", "product")
    }
    let id = try fields.text("line", limit: Line.idLimit) ?? ""
    var line = Line(
      id: id, sku: sku, name: try fields.text("name", limit: 4000) ?? "",
      options: try fields.pairs("options"), quantity: try fields.quantity(),
      price: try fields.price(), image: try fields.text("image", limit: 4000) ?? "")
    if let facts { line.facts = facts }
    return id.isEmpty ? line.unidentified : line
  }

  /// What a store says anew of a line.
  func changes(_ fields: Fields) throws(Failure) -> LineChanges {
    LineChanges(
      name: try fields.text("name", limit: 4000),
      price: fields.json["price"] == nil ? nil : try fields.price(),
      options: fields.json["options"] == nil ? nil : try fields.pairs("options"),
      image: try fields.text("image", limit: 4000), facts: try facts(fields))
  }

  func reference(_ fields: Fields) throws(Failure) -> LineReference {
    let (line, sku) = (
      try fields.text("line", limit: Line.idLimit), try fields.text("sku", limit: 255)
    )
    if let line, !line.isEmpty { return .id(line, sku: sku ?? "") }
    guard let sku, !sku.isEmpty else { throw fields.missing("line", "sku") }
    return .sku(sku)
  }

  /// What is compared with the cart; nil where the event names none, or has none.
  func quantityBefore(_ type: EventType, _ fields: Fields) throws(Failure) -> Int64? {
    guard type == .lineChanged || type == .lineRemoved,
      let text = try fields.text("quantity_before", limit: 20)
    else { return nil }
    guard let number = Int64(text), number > 0 else {
      throw .rejected("quantity_before: expected a positive whole number, got \(quoted(text))")
    }
    return number
  }

  func order(_ fields: Fields) throws(Failure) -> StatedOrder {
    var request = Command.OrderRequest(
      id: try fields.text("order", limit: 255) ?? "",
      note: try fields.text("note", limit: 4000) ?? "")
    request.isFact = true
    if let json = fields.json["lines"] {
      guard case .array(let items) = json else {
        throw .rejected("lines: expected a list, got \(json.kind)")
      }
      var lines: [OrderLine] = []
      for item in items {
        lines.append(
          try fields.reading(item, in: "lines") { (part) throws(Failure) in
            let name = try part.text("name", limit: 4000) ?? ""
            // A store's line may have no SKU.
            let sku = name.isEmpty ? try part.required("sku") : try part.text("sku", limit: 255)
            return OrderLine(
              sku: sku ?? "", name: name,
              options: try part.pairs("options"), quantity: try part.quantity(),
              price: try part.price())
          })
      }
      request.lines = lines
    }
    return StatedOrder(request, amounts: try amounts(fields))
  }

  /// What a file says an order comes to, and what that is made of.
  private func amounts(_ fields: Fields) throws(Failure) -> [StatedOrder.Part: String] {
    var amounts: [StatedOrder.Part: String] = [:]
    for part in StatedOrder.Part.allCases {
      amounts[part] = try fields.text(part.rawValue, limit: 40)
    }
    let isWhole = StatedOrder.Part.required.isSubset(of: amounts.keys)
    guard isWhole || amounts.keys.allSatisfy({ $0 == .total }) else {
      throw .rejected(
        "order: expected subtotal, discount, shipping, tax and total together, or the total alone")
    }
    return amounts
  }
}
