import CartModel
import CartSupport

/// The texts of a row by their columns, none empty.
struct TableRow {
  private(set) var cells: [(name: String, text: String)] = []
  /// The columns that the row has, empty cells as well.
  private(set) var named: Set<String> = []

  /// By the bytes of the name, as a text equals another one that Unicode composes differently.
  subscript(_ name: String) -> String? {
    get { cells.first { $0.name.utf8.elementsEqual(name.utf8) }?.text }
    set {
      cells.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
      named.insert(name)
      if let newValue, !newValue.isEmpty { cells.append((name, newValue)) }
    }
  }

  /// For names that differ.
  mutating func add(_ name: String, _ text: String) {
    named.insert(name)
    if !text.isEmpty { cells.append((name, text)) }
  }
}

/// Turns a row of a table into the events that make it.
struct TableEvents {
  let kind: TableKind
  let zone: ZoneRules
  /// When the import began: the time of rows without one.
  let now: Timestamp

  private static let lineKeys = keys(RecordField<LineRecord>.lines)
  // Tags are a list, which a cell holds with commas between.
  private static let productKeys = keys(RecordField<Product>.products).filter {
    $0.column != "tags"
  }

  /// The columns that give an event's keys.
  private static func keys<Record>(_ fields: [RecordField<Record>]) -> [(
    column: String, key: String
  )] {
    fields.filter { !$0.isComputed && $0.kind != .time }.map { ($0.column, $0.stated) }
  }

  /// Why a row cannot be imported.
  struct Refusal: Error { var reason: String }

  /// - Returns: the events, and whether the row has a time of its own.
  func events(_ row: TableRow) throws(Refusal) -> (events: [JSONValue], hasTime: Bool) {
    for name in kind.required where row[name] == nil {
      throw Refusal(reason: "missing field '\(name)'")
    }
    switch kind {
    case .carts: return try cart(row)
    case .lines:
      try checkOpen(row)
      let at = try time(row, "at")
      return (
        [
          event(
            "line.added", at ?? now, row, Self.lineKeys,
            [("options", texts(row, "option."))])
        ], at != nil
      )
    case .products:
      let at = try time(row, "at")
      return (
        [
          event(
            "product.upserted", at ?? now, row, Self.productKeys,
            [("tags", tags(row)), ("attributes", texts(row, "attr."))])
        ], at != nil
      )
    case .customers:
      let at = try time(row, "at")
      var members = [JSONValue.Member("shopper", shopper(row))]
      if let key = row["customer_id"], key != "0" {
        members.insert(.init("customer", .string(key)), at: 0)
      }
      return (
        [
          event(
            "customer.upserted", at ?? now, row, [],
            members.map { ($0.key, $0.value) } + addresses(row))
        ], at != nil
      )
    }
  }

  /// A table holds open carts: how another came to be what it is only its events say.
  private func checkOpen(_ row: TableRow) throws(Refusal) {
    let status = row["status"] ?? "open"
    guard ["open", "active", "abandoned", "expired"].contains(status) else {
      throw Refusal(
        reason: "status: expected open, got \(quoted(status)); import the events of such a cart "
          + "(--as-type events)")
    }
  }

  private func cart(_ row: TableRow) throws(Refusal) -> ([JSONValue], Bool) {
    try checkOpen(row)
    let (created, updated) = (try time(row, "created"), try time(row, "updated"))
    let start = created ?? updated ?? now
    let end = max(start, updated ?? start)
    let id = JSONValue.string(row["id"] ?? "")
    func next(_ type: String, _ members: [(String, JSONValue)]) -> JSONValue {
      event(type, end, TableRow(), [], [("cart", id)] + members)
    }
    var events = [
      event(
        "cart.created", start, row, [("currency", "currency")],
        [("cart", id), ("shopper", shopper(row)), ("attributes", texts(row, "attr."))])
    ]
    let addresses = addresses(row)
    if !addresses.isEmpty { events.append(next("address.set", addresses)) }
    for code in (row["coupons"] ?? "").split(separator: " ") {
      events.append(next("coupon.applied", [("code", .string(String(code)))]))
    }
    // The cart was last changed then, whatever it was.
    if end > start, events.count == 1 {
      events.append(next("shopper.identified", [("shopper", .object([]))]))
    }
    return (events, created ?? updated != nil)
  }

  private func event(
    _ type: String, _ at: Timestamp, _ row: TableRow, _ keys: [(column: String, key: String)],
    _ parts: [(String, JSONValue)] = []
  ) -> JSONValue {
    var members = [
      JSONValue.Member("type", .string(type)), .init("at", .string(at.description)),
    ]
    for (column, key) in keys {
      if let text = row[column] { members.append(.init(key, .string(text))) }
    }
    for (key, value) in parts where key == "shopper" || value != .object([]) && value != .array([])
    {
      members.append(.init(key, value))
    }
    return .object(members)
  }

  /// Tags stand in one cell, with commas between.
  private func tags(_ row: TableRow) -> JSONValue {
    .array(
      (row["tags"] ?? "").split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
        .map { .string($0) })
  }

  private func shopper(_ row: TableRow) -> JSONValue {
    .object(
      ShopperField.own.compactMap { field in
        guard let name = CartField.of(field)?.name, let text = row[name] else { return nil }
        return .init(field.key, .string(text))
      })
  }

  private func addresses(_ row: TableRow) -> [(String, JSONValue)] {
    ["shipping", "billing"].compactMap { name in
      let part = texts(row, name + ".")
      return part == .object([]) ? nil : (name, part)
    }
  }

  /// The columns behind a prefix, in the order of their names.
  private func texts(_ row: TableRow, _ prefix: String) -> JSONValue {
    .object(
      row.cells.filter { $0.name.utf8.starts(with: prefix.utf8) }.map {
        JSONValue.Member(
          String($0.name.unicodeScalars.dropFirst(prefix.unicodeScalars.count)), .string($0.text))
      }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
  }

  /// A time with its zone, or one on the shop's clock.
  private func time(_ row: TableRow, _ name: String) throws(Refusal) -> Timestamp? {
    guard let text = row[name] else { return nil }
    if let time = try? Timestamp(text) { return time }
    guard let local = ISO8601(text), local.offset == nil else {
      throw Refusal(
        reason: "\(name): expected a time as 2026-11-28 14:00 or 2026-11-01T08:00:00.000Z, got "
          + quoted(text))
    }
    return zone.timestamp(local.civil)
  }
}
