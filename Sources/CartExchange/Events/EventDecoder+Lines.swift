import CartEngine
import CartModel
import CartSupport

/// Lines and orders.
extension EventDecoder {
  func line(_ fields: Fields) throws(Failure) -> Line {
    // Read only where it is needed: elsewhere it is named as ignored.
    if try (fields.text("sku", limit: 255) ?? "").isEmpty, fields.json["product"] != nil {
      throw .rejected("sku: a line with a product and without a SKU is not supported yet")
    }
    let sku = try fields.required("sku")
    let id = try fields.text("line", limit: Line.idLimit) ?? ""
    let line = Line(
      id: id, sku: sku, name: try fields.text("name", limit: 4000) ?? "",
      options: try fields.pairs("options"), quantity: try fields.quantity(),
      price: try fields.price(), image: try fields.text("image", limit: 4000) ?? "")
    return id.isEmpty ? line.unidentified : line
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
            OrderLine(
              sku: try part.required("sku"), name: try part.text("name", limit: 4000) ?? "",
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
    let isWhole = amounts.count == StatedOrder.Part.allCases.count
    guard isWhole || amounts.keys.allSatisfy({ $0 == .total }) else {
      throw .rejected(
        "order: expected subtotal, discount, shipping, tax and total together, or the total alone")
    }
    return amounts
  }
}
