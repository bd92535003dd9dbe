import CartModel

/// What a script on the storefront reports of a cart's shopper, whom no store shows.
extension Observer {
  /// Takes in an address, a browser, a country and a session that a script reported.
  ///
  /// Anybody can speak for the script: nothing that the store, staff or an import said is changed. Other
  /// fields, and values that a field cannot have, are left out. Lists and rules judge the cart once where
  /// something was new.
  ///
  /// - Returns: nil for a cart that is not known: it may be seen soon.
  @discardableResult
  public func report(_ id: String, _ fields: [ShopperField: String], at time: Timestamp)
    throws(EngineError) -> Result?
  {
    do {
      guard let entry = try entry(named: id), entry.cart.isOfStore else { return nil }
      try checkOwner(entry.cart)
      guard !entry.cart.state.isOver else { return .late }
      try run.checkMemory()
      let changes = reported(fields, entry.cart)
      guard !changes.isEmpty else { return .unchanged }
      try add([.shopperIdentified(changes)], to: entry, from: origin(.beacon, time))
      try run.guard.judge(entry)
      try run.flushIfDue()
      return .changed(1)
    } catch { throw EngineError(error) }
  }

  private func reported(_ fields: [ShopperField: String], _ cart: Cart) -> [FieldChange] {
    ShopperField.reported.flatMap { field -> [FieldChange] in
      guard let text = fields[field], !text.isEmpty,
        cart.shopper[field].isEmpty || cart.reported.contains(field)
      else { return [] }
      // A value is checked as one that a person types.
      let command = Admission.Proposal.planned(.identify([field: text]), compensating: true)
      guard
        case .shopperIdentified(let changes)? = try? run.admission.decided(command, on: cart)
          .events.first
      else { return [] }
      return changes
    }
  }
}
