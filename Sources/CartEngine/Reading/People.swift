import CartModel
import CartStorage
import CartSupport

/// The people of a shop, by their carts and as registered customers.
public struct People {
  let reader: CartReader

  /// Everybody whose name, e-mail or phone number has a text in it, each with the keys of their carts;
  /// at most some.
  ///
  /// One person is who has the same customer number, else the same e-mail, else the same name.
  public func people(named text: String, limit: Int = 6) throws(EngineError) -> [(
    who: String, shopper: Shopper, carts: [Int64]
  )] {
    var keys: [Int64] = []
    for field in [CartField.name, .email] {
      var filter = Filter(.init(field, .like, [.glob(Glob("*\(text)*"), "*\(text)*")]))
      filter.allowAnyStatus()
      keys += try reader.keys(matching: filter).filter { !keys.contains($0) }
    }
    let phone = PhoneDigits(text)
    if let phone {
      try reader.forEachCart { cart in
        if phone.matches(cart.shopper), !keys.contains(cart.key) { keys.append(cart.key) }
      }
    }
    var people: [(who: String, shopper: Shopper, carts: [Int64])] = []
    for key in keys {
      guard let shopper = try reader.cart(key)?.shopper else { continue }
      let who =
        shopper.customer > 0
        ? String(shopper.customer)
        : !shopper[.email].isEmpty
          ? shopper[.email] : shopper[.name].isEmpty ? shopper[.phone] : shopper[.name]
      if let index = people.firstIndex(where: { $0.who == who }) {
        people[index].carts.append(key)
      } else if people.count < limit {
        people.append((who, shopper, [key]))
      }
    }
    guard people.isEmpty else { return people }
    let wanted = TextFold.Needle(text)
    do throws(StoreError) {
      let known = try reader.shop.store.customers(limit: limit) {
        wanted.isIn($0[.name]) || wanted.isIn($0[.email]) || phone?.matches($0) == true
      }
      for key in known {
        people.append((key, try reader.shop.store.customer(key) ?? Shopper(), []))
      }
    } catch { throw EngineError(error) }
    return people
  }

  /// A person by e-mail or customer number, with the keys of all carts, the latest first; nil where
  /// neither the carts nor the shop's customers know one.
  public func customer(_ who: String) throws(EngineError) -> (shopper: Shopper, carts: [Int64])? {
    var filter = Filter()
    filter.allowAnyStatus()
    guard !who.isEmpty else { return nil }
    let who = EmailAddress.normalised(who) ?? who
    if let number = Int64(who) {
      // 0 is everybody whom the shop has given no number.
      guard number > 0 else { return nil }
      filter.require(.init(.customer, .equal, [.number(number)]))
    } else {
      filter.require(.init(.email, .equal, [.text(who)]))
    }
    // A filter folds accents, but jürgen@ and jurgen@ are two people.
    let isNumber = Int64(who) != nil
    var keys: [Int64] = []
    var shopper = Shopper()
    do {
      try reader.forEachCart(try reader.keys(matching: filter)) { cart in
        let email = cart.shopper[.email]
        if isNumber || email.lowercased() == who.lowercased() { keys.append(cart.key) }
      }
      try reader.forEachCart(keys.reversed()) { cart in
        for entry in cart.shopper.fields { shopper[entry.field] = entry.value }
      }
    } catch { throw EngineError(error) }
    do throws(StoreError) {
      let known: Shopper?
      if let moment = reader.moment {
        known = try reader.shop.store.customer(who, at: moment)
      } else {
        known = try reader.shop.store.customer(who)
      }
      if let known {
        for entry in known.fields { shopper[entry.field] = entry.value }
      } else if keys.isEmpty {
        return nil
      }
    } catch { throw EngineError(error) }
    return (shopper, keys)
  }
}
