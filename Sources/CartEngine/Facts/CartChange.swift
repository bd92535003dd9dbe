import CartModel

/// What an event says that carts can share: who the shopper is, a declined card, an order.
struct CartChange {
  let cart: Int64
  let at: Timestamp
  /// The event's place in the journal; the greatest number for one that is not saved yet.
  let seq: Int64
  let what: What

  enum What {
    /// Who it is from then on.
    case person(SharedKey.Person)
    case declined
    case ordered(Money)
  }
}

/// Follows one cart's events, or those of all.
struct PersonTracker {
  private var people: [Int64: SharedKey.Person] = [:]

  /// - Returns: what the event says; nothing for most.
  mutating func changes(_ event: Event) -> [CartChange] {
    func change(_ what: CartChange.What) -> CartChange {
      CartChange(cart: event.cart, at: event.at, seq: event.seq, what: what)
    }
    switch event.body {
    case .cartCreated(_, let fields), .shopperIdentified(let fields):
      var person = people[event.cart, default: .init()]
      var isNew = people[event.cart] == nil
      for field in fields where person.set(field.field, field.after) { isNew = true }
      people[event.cart] = person
      return isNew ? [change(.person(person))] : []
    case .paymentAttempted(let result, let card):
      var list: [CartChange] = []
      if !card.isEmpty, people[event.cart]?.card != card {
        people[event.cart, default: .init()].card = card
        list.append(change(.person(people[event.cart] ?? .init())))
      }
      return result == "declined" ? list + [change(.declined)] : list
    case .cartOrdered(let record): return [change(.ordered(record.total))]
    default: return []
    }
  }
}
