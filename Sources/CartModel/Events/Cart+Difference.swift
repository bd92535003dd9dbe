extension Cart {
  /// The events that turn this cart into `target`: lines, shopper, coupons, flags, state, and
  /// what staff said of it.
  ///
  /// Orders are left as they are. Applying the result gives exactly the target's content.
  ///
  /// - Parameter pardoning: whether a cart that is restored is not held again by what held it.
  public func difference(to target: Cart, pardoning: Bool = true) -> [EventBody] {
    var events: [EventBody] = []
    var work = self
    func emit(_ body: EventBody) {
      events.append(body)
      work.apply(body, at: work.updated)
    }
    for line in work.lines.reversed() {
      if var wanted = target.lines.first(where: { $0.id == line.id }), wanted.sku == line.sku {
        wanted.quantity = line.quantity
        if wanted != line { emit(.lineRestated(line, wanted)) }
      } else if let index = work.lines.firstIndex(of: line) {
        emit(.lineRemoved(line, at: index))
      }
    }
    for (place, line) in target.lines.enumerated() {
      if let index = work.lines.firstIndex(where: { $0.id == line.id }), index != place {
        emit(.lineRemoved(work.lines[index], at: index))
      }
      if let index = work.lines.firstIndex(where: { $0.id == line.id }) {
        if work.lines[index].quantity != line.quantity {
          emit(.lineChanged(work.lines[index], quantity: line.quantity))
        }
      } else {
        emit(.lineAdded(line, at: place))
      }
    }
    let changes = ShopperField.allCases.compactMap { field in
      shopper[field] == target.shopper[field]
        ? nil : FieldChange(field, before: shopper[field], after: target.shopper[field])
    }
    let ofAddress = changes.filter(\.field.isAddress)
    let ofPerson = changes.filter { !$0.field.isAddress }
    if !ofPerson.isEmpty { emit(.shopperIdentified(ofPerson)) }
    if !ofAddress.isEmpty { emit(.addressSet(ofAddress)) }
    let ofAttributes = self.changes(to: target)
    if !ofAttributes.isEmpty { emit(.attributesSet(ofAttributes)) }
    for code in work.coupons.reversed() where !target.coupons.contains(code) {
      if let index = work.coupons.firstIndex(of: code) { emit(.couponRemoved(code, at: index)) }
    }
    for (place, code) in target.coupons.enumerated() {
      let index = work.coupons.firstIndex(of: code)
      if index == place { continue }
      if let index { emit(.couponRemoved(code, at: index)) }
      emit(.couponApplied(code, at: place))
    }
    for rule in work.flags where !target.flags.contains(rule) { emit(.cartUnflagged(rule)) }
    for rule in target.flags where !work.flags.contains(rule) {
      emit(.cartFlagged(Cause(rule: rule, source: "", reason: "")))
    }
    if work.state != target.state || work.heldBy != target.heldBy {
      switch target.state {
      case .open: emit(.cartRestored(before: work.state, judge: !pardoning))
      case .held: emit(.cartHeld(before: work.state, cause: target.heldBy))
      case .deleted: emit(.cartDeleted(before: work.state))
      case .ordered, .merged: break
      }
    }
    return events + work.remarks(to: target)
  }

  /// Whether everything that undo restores is equal; versions, times and pardons are not compared.
  public func hasSameContent(as other: Cart) -> Bool {
    lines == other.lines && shopper == other.shopper && coupons == other.coupons
      && state == other.state && order == other.order && currency == other.currency
      && flags == other.flags && heldBy == other.heldBy && claim == other.claim
      && notes == other.notes && attributes == other.attributes
  }
}
