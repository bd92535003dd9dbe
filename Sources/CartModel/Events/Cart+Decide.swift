import CartSupport

/// Decides a command on a cart: the events and effects that it would become, or why not.
///
/// Pure: no clock, no disk.
/// - Parameters:
///   - cart: nil for one that does not exist yet.
///   - compensating: whether it makes up for undone events, which may also change a cart that is
///     not open.
/// - Throws: `ModelError`, naming the cart, what was expected and what came.
public func decide(
  _ command: Command, on cart: Cart?, _ settings: StoreSettings, compensating: Bool = false
) throws(ModelError) -> Decided {
  guard let cart else {
    guard case .create(let currency, let fields, let attributes) = command else {
      throw ModelError(.notFound, "cart: does not exist")
    }
    let blank = Cart(key: 0, id: "", currency: currency, at: Timestamp(milliseconds: 0))
    return Decided([
      .cartCreated(
        currency, try fieldChanges(Shopper(), fields, address: nil), try blank.changes(attributes))
    ])
  }
  return Decided(try cart.decide(command, settings, compensating))
}

extension Cart {
  fileprivate func decide(
    _ command: Command, _ settings: StoreSettings, _ compensating: Bool
  ) throws(ModelError) -> [EventBody] {
    if let events = try decideInAnyState(command, settings, compensating) { return events }
    guard state == .open || compensating else { throw closed }
    return try decideOpen(command, settings, compensating)
  }

  /// - Returns: nil for a command that only an open cart takes.
  private func decideInAnyState(
    _ command: Command, _ settings: StoreSettings, _ compensating: Bool
  ) throws(ModelError) -> [EventBody]? {
    switch command {
    case .create:
      throw ModelError(.conflict, "cart \(id): exists already")
    case .restore(let judge):
      guard state == .held || state == .deleted else {
        throw ModelError(.notAllowed, "cart \(id): expected held or deleted, is \(state)")
      }
      return [.cartRestored(before: state, judge: judge)]
    case .changeOrder(let to, let total):
      return [try decideOrder(to, total)]
    // Another rule, or the same in another process, was first.
    case .hold(.some) where state == .held: return []
    case .hold where state == .held, .delete where state == .deleted:
      throw ModelError(.notAllowed, "cart \(id): is \(state) already")
    case .delete where state == .held:
      return [.cartDeleted(before: state)]
    case .unflag(let rule): return flags.contains(rule) ? [.cartUnflagged(rule)] : []
    case .flag(let cause): return flags.contains(cause.rule) ? [] : [.cartFlagged(cause)]
    case .order(let request) where state == .held && request.isFact:
      let flag = Cause(
        rule: heldBy?.rule ?? "held", source: heldBy?.source ?? "",
        reason: "the store reported its order while it was held")
      return (flags.contains(flag.rule) ? [] : [.cartFlagged(flag)])
        + [try decideOrder(request, settings)]
    case .declare(let event):
      guard meets(event.type.traits.need) || compensating else { throw closed }
      try event.check(on: self)
      return [.declared(event)]
    case .claim, .release, .note, .removeNote: return try decideRemark(command, compensating)
    case .add, .setQuantity, .remove, .restate, .identify, .setAddress, .setAttributes,
      .applyCoupon, .removeCoupon, .order, .delete, .hold:
      return nil
    }
  }

  private func decideOpen(
    _ command: Command, _ settings: StoreSettings, _ compensating: Bool
  ) throws(ModelError) -> [EventBody] {
    switch command {
    case .add(let line, let place): return [try decideAdd(line, place, compensating)]
    case .setQuantity(let reference, let quantity, let expected):
      return try decideSet(reference, quantity, expected, compensating)
    case .remove(let reference, let expected):
      let index = try index(of: reference)
      return [.lineRemoved(try read(lines[index], expected, compensating), at: index)]
    case .restate(let reference, let changes): return try decideRestate(reference, changes)
    case .identify(let fields):
      let changes = try fieldChanges(shopper, fields, address: false)
      return changes.isEmpty ? [] : [.shopperIdentified(changes)]
    case .setAddress(let fields):
      let changes = try fieldChanges(shopper, fields, address: true)
      return changes.isEmpty ? [] : [.addressSet(changes)]
    case .setAttributes(let given):
      let changes = try changes(given)
      return changes.isEmpty ? [] : [.attributesSet(changes)]
    case .applyCoupon(let code, let place):
      try checkCoupon(code, compensating)
      return [.couponApplied(code, at: place)]
    case .removeCoupon(let code):
      return [.couponRemoved(code, at: try index(ofCoupon: code))]
    case .order(let request): return [try decideOrder(request, settings)]
    case .delete: return [.cartDeleted(before: state)]
    case .hold(let cause): return [.cartHeld(before: state, cause: cause)]
    case .create, .restore, .changeOrder, .flag, .unflag, .claim, .release, .note, .removeNote,
      .declare:
      return []
    }
  }

  private var closed: ModelError {
    switch state {
    case .merged:
      return ModelError(
        .notAllowed,
        "cart \(id): was merged into the cart \(printable(mergedInto)) and cannot be changed")
    case .ordered:
      return ModelError(.notAllowed, "cart \(id): is ordered and cannot be changed")
    case .open, .held, .deleted:
      return ModelError(
        .notAllowed, "cart \(id): is \(state) and cannot be changed; restore it first")
    }
  }

  private func checkCoupon(_ code: String, _ compensating: Bool) throws(ModelError) {
    try check(code, "coupon", 100)
    guard !code.isEmpty else {
      throw ModelError(.malformed, "coupon: expected a code, got an empty text")
    }
    guard !coupons.contains(code) else {
      throw ModelError(.conflict, "coupon \(quoted(code)): is on the cart \(id) already")
    }
    guard coupons.count < 50 || compensating else {
      throw ModelError(.outOfRange, "coupon: expected at most 50 on the cart \(id)")
    }
  }

  private func index(ofCoupon code: String) throws(ModelError) -> Int {
    guard let index = coupons.firstIndex(of: code) else {
      let there = coupons.isEmpty ? "it has none" : "it has \(coupons.joined(separator: ", "))"
      throw ModelError(.notFound, "coupon \(quoted(code)): not on the cart \(id); \(there)")
    }
    return index
  }

  private func decideSet(
    _ reference: LineReference, _ quantity: Int64, _ expected: Int64?, _ compensating: Bool
  ) throws(ModelError) -> [EventBody] {
    guard Line.quantities.contains(quantity) else { throw badQuantity(quantity, nil) }
    let line = try read(lines[try index(of: reference)], expected, compensating)
    guard quantity != line.quantity else { return [] }
    var changed = line
    changed.quantity = quantity
    try checkSubtotal(replacing: line, with: changed)
    return [.lineChanged(line, quantity: quantity)]
  }

  /// A line as it was read.
  ///
  /// - Parameter compensating: whether a difference is a fact: a store that did not know a change of ours
  ///   says what its shopper did.
  private func read(_ line: Line, _ expected: Int64?, _ compensating: Bool) throws(ModelError)
    -> Line
  {
    guard let expected, expected != line.quantity else { return line }
    if isOfStore, compensating {
      var line = line
      line.quantity = expected
      return line
    }
    throw ModelError(
      .conflict,
      "\(fullLabel), line \(quoted(line.code)): its quantity changed from \(expected) to "
        + "\(line.quantity) since it was read; look at the cart again")
  }

  func checkSubtotal(replacing old: Line?, with new: Line) throws(ModelError) {
    var sum = try amount(of: new)
    for index in lines.indices where lines[index].id != old?.id {
      sum = try sum + lines[index].price.amount(lines[index].quantity, currency)
    }
    let most = Money(minor: 1_000_000_000_000_000, currency)
    guard sum.minor <= most.minor else {
      throw ModelError(
        .outOfRange,
        "cart \(id): its subtotal would be \(sum) \(currency); expected at most \(most) \(currency)"
      )
    }
  }

  func badQuantity(_ quantity: Int64, _ there: Int64?) -> ModelError {
    let range = "\(Line.quantities.lowerBound) … \(Line.quantities.upperBound)"
    let together = there.map { " beside the \($0) there" } ?? ""
    return ModelError(.outOfRange, "quantity: expected \(range), got \(quantity)\(together)")
  }
}

/// - Parameter address: whether the fields must be those of an address; nil for any.
private func fieldChanges(
  _ shopper: Shopper, _ fields: [ShopperField: String], address: Bool?
) throws(ModelError) -> [FieldChange] {
  if let address, let odd = fields.keys.first(where: { $0.isAddress != address }) {
    throw ModelError(
      .malformed, "\(odd.key): \(address ? "is no field of an address" : "belongs to an address")")
  }
  var changes: [FieldChange] = []
  for (field, given) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
    let value = field.normalised(given)
    guard value != shopper[field] else { continue }
    try check(value, field.key, field == .browser ? 2000 : 500)
    try field.refuseCard(value)
    switch field {
    case .country, .billingCountry, .shippingCountry:
      if !value.isEmpty { try Country.check(value) }
    case .type where !["", "guest", "registered"].contains(value):
      throw ModelError(
        .malformed, "type: expected guest or registered, got \(quoted(value))")
    default: break
    }
    if field == .customer, !value.isEmpty, Int64(value).map({ $0 < 0 }) ?? true {
      throw ModelError(.malformed, "customer: expected a whole number, got \(quoted(value))")
    }
    changes.append(FieldChange(field, before: shopper[field], after: value))
  }
  return changes
}

/// - Parameter limit: the most bytes of UTF-8.
func check(_ text: String, _ what: String, _ limit: Int) throws(ModelError) {
  guard text.utf8.count <= limit else {
    throw ModelError(
      .outOfRange, "\(what): expected at most \(limit) bytes, got \(text.utf8.count)")
  }
  guard !text.containsNUL else {
    throw ModelError(.malformed, "\(what): a text cannot hold a NUL")
  }
}
