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
    default: break
    }
    guard state == .open || compensating else { throw closed }
    switch command {
    case .add(let line, let place): return [try decideAdd(line, place, compensating)]
    case .setQuantity(let reference, let quantity, let expected):
      return try decideSet(reference, quantity, expected)
    case .remove(let reference, let expected):
      let index = try index(of: reference)
      try checkUnchanged(lines[index], expected)
      return [.lineRemoved(lines[index], at: index)]
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
      return [.couponApplied(code, at: place)]
    case .removeCoupon(let code):
      guard let index = coupons.firstIndex(of: code) else {
        let there = coupons.isEmpty ? "it has none" : "it has \(coupons.joined(separator: ", "))"
        throw ModelError(.notFound, "coupon \(quoted(code)): not on the cart \(id); \(there)")
      }
      return [.couponRemoved(code, at: index)]
    case .order(let request): return [try decideOrder(request, settings)]
    case .delete: return [.cartDeleted(before: state)]
    case .hold(let cause): return [.cartHeld(before: state, cause: cause)]
    case .create, .restore, .changeOrder, .flag, .unflag, .claim, .release, .note, .removeNote,
      .declare:
      return []
    }
  }

  private var closed: ModelError {
    let advice = state == .ordered ? "" : "; restore it first"
    return ModelError(.notAllowed, "cart \(id): is \(state) and cannot be changed\(advice)")
  }

  private func decideSet(_ reference: LineReference, _ quantity: Int64, _ expected: Int64?)
    throws(ModelError) -> [EventBody]
  {
    let line = lines[try index(of: reference)]
    guard Line.quantities.contains(quantity) else { throw badQuantity(quantity, nil) }
    try checkUnchanged(line, expected)
    guard quantity != line.quantity else { return [] }
    var changed = line
    changed.quantity = quantity
    try checkSubtotal(replacing: line, with: changed)
    return [.lineChanged(line, quantity: quantity)]
  }

  private func decideOrder(_ request: Command.OrderRequest, _ settings: StoreSettings)
    throws(ModelError) -> EventBody
  {
    try check(request.id, "order", 255)
    try check(request.note, "note", 4000)
    try CardNumber.refuse(request.note, "note")
    for line in request.lines ?? [] { try refuseCards(line.options) }
    let ordered = request.lines ?? lines.map { OrderLine($0) }
    guard !ordered.isEmpty else {
      throw ModelError(.notAllowed, "cart \(id): nothing to order, it is empty")
    }
    var sum = Money.zero(currency)
    for line in ordered {
      try check(line.sku, "sku", 255)
      try check(line.options)
      guard Line.quantities.contains(line.quantity) else { throw badQuantity(line.quantity, nil) }
      sum = try sum + line.price.amount(line.quantity, currency)
    }
    try checkTotal(request.total, "order")
    try request.amounts?.check()
    let priced = request.lines == nil ? try repriced(settings) : nil
    let total = request.total ?? priced?.total ?? sum
    let keepsParts = (!request.isFact || request.hasOwnSettings) && priced?.total == total
    return .cartOrdered(
      .init(
        id: request.id.isEmpty ? id : request.id, lines: ordered, total: total,
        amounts: request.amounts ?? (keepsParts ? priced : nil),
        note: request.note))
  }

  private func decideOrder(_ to: Order.State, _ total: Money?) throws(ModelError) -> EventBody {
    guard let order else {
      throw ModelError(.notAllowed, "cart \(id): has no order")
    }
    try checkTotal(total, "order \(order.id)")
    guard order.state == .placed || order.state == .paid, to != order.state else {
      throw order.refusal(to)
    }
    switch to {
    case .placed: throw order.refusal(to)
    case .paid: return .orderPaid(order.id, total: total, before: order.state)
    case .cancelled: return .orderCancelled(order.id, before: order.state)
    case .refunded: return .orderRefunded(order.id, total: total, before: order.state)
    }
  }

  private func checkTotal(_ total: Money?, _ what: String) throws(ModelError) {
    guard let total else { return }
    guard total.currency == currency else {
      throw ModelError(
        .currencyMismatch, "\(what): expected a total in \(currency), got \(total.currency)")
    }
    guard total.minor >= 0 else {
      throw ModelError(
        .malformed, "\(what): expected a total that is not negative, got \(total)")
    }
  }

  private func checkUnchanged(_ line: Line, _ expected: Int64?) throws(ModelError) {
    guard let expected, expected != line.quantity else { return }
    throw ModelError(
      .conflict,
      "\(fullLabel), line \(quoted(line.sku)): its quantity changed from \(expected) to "
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

extension Order {
  fileprivate func refusal(_ to: State) -> ModelError {
    ModelError(.notAllowed, "order \(id): is \(state) and cannot become \(to)")
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
