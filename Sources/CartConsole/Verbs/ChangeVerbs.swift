import CartEngine
import CartModel
import CartSupport

/// Verbs that change one cart.
enum ChangeVerbs {
  /// What a verb does to the cart of its first word.
  typealias Body = @Sendable (Console, Run, VerbCall, Cart) throws -> Cart

  static let all: [Verb] = [create] + everyChange.map(\.verb)

  private static let everyChange = changes + TeamVerbs.changes

  /// What `.each` can do to each cart, by the verb's name.
  static let byName = Dictionary(uniqueKeysWithValues: everyChange.map { ($0.verb.name, $0) })

  private static let newOptions = ShopperField.own.map(\.key) + ["currency", "reason"]

  private static let create = Verb(
    "new", "[\(newOptions.map { $0 + "=" }.joined(separator: " "))]", 0...0,
    options: Set(newOptions),
    "Makes an empty cart."
  ) { console, call in
    var made: Cart?
    try console.perform(call.line) { run in
      if let reason = call.options["reason"] { try run.note(reason: reason) }
      var currency: Currency?
      if let code = call.options["currency"] {
        guard let named = Currency(code: code) else {
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
    if let made, let stored = try console.handler.reader.cart(made.key) { console.summary(stored) }
  }

  private static let addressFields = Set(
    ShopperField.address(shipping: true).keys.flatMap { [$0, "billing_" + $0] })

  private static let changes: [(verb: Verb, body: Body)] = [
    change(
      "add", "ID SKU [QTY]", 2...3,
      "Adds a product to a cart, by its SKU or a part of its name that no other has."
    ) { console, run, call, cart in
      var line = try console.addition(call[1], to: cart, isBulk: call.isBulk)
      line.quantity = try call.quantity(2, default: 1)
      return try run.execute(.add(line), on: cart.key)
    },
    change(
      "set", "ID LINE QTY", 3...3, "Sets the quantity of a line: SKU, #2 or a part of its name."
    ) {
      console, run, call, cart in
      let line = try console.line(call[1], of: cart, isBulk: call.isBulk)
      let quantity = try call.quantity(2)
      let command = Command.setQuantity(
        .line(line), quantity, expected: console.shownQuantity(line, of: cart))
      let changed = try run.execute(command, on: cart.key)
      if changed.version == cart.version, !call.isBulk {
        console.io.messages(
          "\(cart.label): the quantity of \(line.label) is \(quantity) already; nothing was changed"
        )
      }
      return changed
    },
    change("remove", "ID LINE", 2...2, "Takes a line off a cart: SKU, #2 or a part of its name.") {
      console, run, call, cart in
      let line = try console.line(call[1], of: cart, isBulk: call.isBulk)
      let command = Command.remove(.line(line), expected: console.shownQuantity(line, of: cart))
      return try run.execute(command, on: cart.key)
    },
    change("coupon", "ID CODE|-CODE", 2...2, takesDash: true, "Applies a coupon, or takes it off.")
    {
      console, run, call, cart in
      call[1].hasPrefix("-")
        ? try run.execute(.removeCoupon(String(call[1].dropFirst())), on: cart.key)
        : try run.applyCoupon(call[1], to: cart.key)
    },
    change(
      "address", "ID FIELD=VALUE…", 1...30, options: addressFields, kind: .own(),
      "Sets the shipping address: country=DE city=Köln postal_code=; billing_city= for the other."
    ) { console, run, call, cart in
      if let word = call.words.dropFirst().first {
        let name = String(word.prefix { $0 != "=" })
        throw ModelError(
          .malformed,
          "address: no field \(quoted(name))\(didYouMean(name, among: addressFields.sorted()))")
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
    },
    change("delete", "ID", 1...1, "Deletes a cart; .restore undoes that.") {
      _, run, _, cart in try run.execute(.delete, on: cart.key)
    },
    change("hold", "ID", 1...1, "Holds a cart, so that it cannot be ordered; .restore ends that.") {
      _, run, _, cart in try run.execute(.hold(), on: cart.key)
    },
    change("restore", "ID", 1...1, "Restores a held or deleted cart.") {
      _, run, _, cart in try run.execute(.restore(), on: cart.key)
    },
    change(
      "order", "ID [note= confirm=1]", 1...1, options: ["note", "confirm"], isFinal: true,
      "Turns a cart into an order. This cannot be undone."
    ) { console, run, call, cart in
      guard !cart.lines.isEmpty, cart.state == .open else {
        return try run.execute(.order(.init(id: "")), on: cart.key)
      }
      let odd = try console.handler.reader.unchecked(.blacklist, for: cart.shopper)
      if !odd.isEmpty {
        console.io.messages(
          "note: the \(odd) of the \(cart.fullLabel) cannot be compared with the blacklist")
      }
      try console.handler.confirmer.confirmOrder(of: cart, given: call.options["confirm"])
      return try run.execute(
        .order(.init(id: "", note: call.options["note"] ?? "")), on: cart.key)
    },
  ]

  /// A verb that changes the cart of its first word and shows it in short.
  static func change(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    flags: Set<String> = [], kind: VerbWords = .plain, takesDash: Bool = false,
    isFinal: Bool = false, _ help: String, _ body: @escaping Body
  ) -> (verb: Verb, body: Body) {
    var verb = Verb(
      name, usage + " [reason=]", words, options: options.union(["reason"]), flags: flags,
      kind: kind,
      takesDash: takesDash, help
    ) { console, call in
      var changed: Cart?
      try console.perform(call.line) { run in
        if let reason = call.options["reason"] { try run.note(reason: reason) }
        changed = try body(console, run, call, try console.cart(call[0]))
      }
      if let changed, let stored = try console.handler.reader.cart(changed.key) {
        console.summary(stored)
      }
    }
    verb.isFinal = isFinal
    return (verb, body)
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

extension Console {
  /// A cart in one line.
  func summary(_ cart: Cart) {
    shown.name(cart)
    let total = (try? cart.price(shop.settings).total)?.description ?? "out of range"
    var text = "cart \(printable(cart.id)): \(cart.status(at: handler.now, shop.settings).rawValue)"
    text += ", \(cart.lines.count) \(cart.lines.count == 1 ? "line" : "lines")"
    text += ", \(cart.quantity) \(cart.quantity == 1 ? "piece" : "pieces")"
    text += ", total \(total) \(cart.currency)"
    if let order = cart.order { text += ", order \(printable(order.id))" }
    if let claim = cart.claim(at: handler.now), claim.by == handler.actor.person {
      text += ", yours until \(shop.zone.text(claim.until))"
    }
    if handler.reader.isUnsaved(cart.key) { text += "  [not saved]" }
    io.output(text + "\n")
    if let claim = otherClaim(on: cart) {
      io.messages(
        "note: \(printable(claim.by)) has claimed this cart until \(shop.zone.text(claim.until))")
    }
  }
}

extension [ShopperField: String] {
  /// Sets a field that may not exist: options that are no fields are left out.
  fileprivate subscript(_ field: ShopperField?) -> String? {
    get { field.flatMap { self[$0] } }
    set { if let field { self[field] = newValue } }
  }
}
