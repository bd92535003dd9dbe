import CartEngine
import CartModel
import CartSupport

/// Verbs that change one cart.
struct ChangeVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [new] + everyChange.map(\.verb)

  private static let everyChange = changes + TeamVerbs.changes

  /// What `.each` can do to each cart, by the verb's name.
  static let byName = Dictionary(uniqueKeysWithValues: everyChange.map { ($0.verb.name, $0) })

  private static let newOptions = ShopperField.own.map(\.key) + ["currency", "reason"]

  private static let new = Verb(
    "new", "[\(newOptions.map { $0 + "=" }.joined(separator: " "))]", 0...0,
    options: Set(newOptions),
    "Makes an empty cart.", ChangeVerbs.create)

  private static let addressFields = Set(
    ShopperField.address(shipping: true).keys.flatMap { [$0, "billing_" + $0] })

  private static let changes: [CartChange] = [
    CartChange(
      "add", "ID SKU [QTY]", 2...3,
      "Adds a product to a cart, by its SKU or a part of its name that no other has.",
      ChangeVerbs.add),
    CartChange(
      "set", "ID LINE QTY", 3...3, "Sets the quantity of a line: SKU, #2 or a part of its name.",
      ChangeVerbs.set),
    CartChange(
      "remove", "ID LINE", 2...2, "Takes a line off a cart: SKU, #2 or a part of its name.",
      ChangeVerbs.remove),
    CartChange(
      "coupon", "ID CODE|-CODE", 2...2, traits: .takesDash, "Applies a coupon, or takes it off.",
      ChangeVerbs.coupon),
    CartChange(
      "address", "ID FIELD=VALUE…", 1...30, options: addressFields, kind: .own(),
      "Sets the shipping address: country=DE city=Köln postal_code=; billing_city= for the other.",
      ChangeVerbs.address),
    CartChange("delete", "ID", 1...1, "Deletes a cart; .restore undoes that.", ChangeVerbs.delete),
    CartChange(
      "hold", "ID", 1...1, "Holds a cart, so that it cannot be ordered; .restore ends that.",
      ChangeVerbs.hold),
    CartChange("restore", "ID", 1...1, "Restores a held or deleted cart.", ChangeVerbs.restore),
    CartChange(
      "order", "ID [note= confirm=1]", 1...1, options: ["note", "confirm"], traits: .isFinal,
      "Turns a cart into an order. This cannot be undone.", ChangeVerbs.order),
  ]

  private func create(_ call: VerbCall) throws {
    var made: Cart?
    try perform(call.line) { run in
      if let reason = call.options["reason"] { try run.note(reason: reason) }
      var currency: Currency?
      if let code = call.options["currency"] {
        guard let named = shop.settings.currency(code) else {
          throw ModelError(
            .malformed,
            "currency: expected a code of ISO 4217, got \(quoted(code))"
              + didYouMean(code, among: Currency.codes))
        }
        currency = named
      }
      if let country = call.options["country"] { try Country.check(country) }
      var fields: [ShopperField: String] = [:]
      for (key, value) in call.options { fields[ShopperField.byKey[key]] = value }
      made = try run.create(currency: currency, fields)
    }
    if let made, let stored = try handler.reader.cart(made.key) {
      CartView(workspace).summarize(stored)
    }
  }

  // MARK: Lines

  private func add(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    var line = try targets.addition(call[1], to: cart, isBulk: call.isBulk)
    line.quantity = try call.quantity(2, default: 1)
    return try run.execute(.add(line), on: cart.key)
  }

  private func set(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    let line = try targets.line(call[1], of: cart, isBulk: call.isBulk)
    let quantity = try call.quantity(2)
    guard quantity != 0 || call.isBulk else {
      throw ModelError(
        .outOfRange,
        "Quantity must be at least 1. To take the line out: .remove \(call[0]) \(call[1])")
    }
    let command = Command.setQuantity(
      .line(line), quantity, expected: targets.shownQuantity(line, of: cart))
    let changed = try run.execute(command, on: cart.key)
    if changed.version == cart.version, !call.isBulk {
      io.messages(
        "\(cart.label): the quantity of \(line.label) is \(quantity) already; nothing was changed")
    }
    return changed
  }

  private func remove(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    let line = try targets.line(call[1], of: cart, isBulk: call.isBulk)
    let command = Command.remove(.line(line), expected: targets.shownQuantity(line, of: cart))
    return try run.execute(command, on: cart.key)
  }

  // MARK: The cart

  private func coupon(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    call[1].hasPrefix("-")
      ? try run.execute(.removeCoupon(String(call[1].dropFirst())), on: cart.key)
      : try run.applyCoupon(call[1], to: cart.key)
  }

  private func address(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    if let word = call.words.dropFirst().first {
      let name = String(word.prefix { $0 != "=" })
      throw ModelError(
        .malformed,
        "address: no field \(quoted(name))"
          + didYouMean(name, among: Self.addressFields.sorted()))
    }
    var fields: [ShopperField: String] = [:]
    for (key, value) in call.options where key != "reason" {
      let isBilling = key.hasPrefix("billing_")
      let name = isBilling ? String(key.dropFirst(8)) : key
      if name == "country", !value.isEmpty { try Country.check(value) }
      fields[ShopperField.address(shipping: !isBilling)[name]] = value
    }
    guard !fields.isEmpty else {
      throw ConsoleError.usage("address: expected FIELD=VALUE, as city=Köln")
    }
    return try run.execute(.setAddress(fields), on: cart.key)
  }

  private func delete(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    try run.execute(.delete, on: cart.key)
  }

  private func hold(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    try run.execute(.hold(), on: cart.key)
  }

  private func restore(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    try run.execute(.restore(), on: cart.key)
  }

  private func order(_ run: Run, _ call: VerbCall, _ cart: Cart) throws -> Cart {
    guard !cart.lines.isEmpty, cart.state == .open else {
      return try run.execute(.order(.init(id: "")), on: cart.key)
    }
    let odd = try handler.reader.unchecked(.blacklist, for: cart.shopper)
    if !odd.isEmpty {
      io.messages(
        "note: the \(odd) of the \(cart.fullLabel) cannot be compared with the blacklist")
    }
    try handler.confirmer.confirmOrder(of: cart, given: call.options["confirm"])
    return try run.execute(
      .order(.init(id: "", note: call.options["note"] ?? "")), on: cart.key)
  }
}

extension VerbCall {
  /// A word as a quantity.
  func quantity(_ index: Int, default: Int64? = nil) throws -> Int64 {
    if index >= words.count, let value = `default` { return value }
    guard let number = Int64(self[index]) else {
      throw ModelError(
        .malformed, "quantity: expected a whole number, got \(quoted(self[index]))")
    }
    return number
  }
}

extension [ShopperField: String] {
  /// Sets a field that may not exist: options that are no fields are left out.
  fileprivate subscript(_ field: ShopperField?) -> String? {
    get { field.flatMap { self[$0] } }
    set { if let field { self[field] = newValue } }
  }
}
