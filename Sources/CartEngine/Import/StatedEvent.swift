import CartModel
import CartStorage

/// An event as a file or a plan states it, before the cart that it is about was looked at.
package final class StatedEvent: Sendable {
  package let type: EventType
  package let at: Timestamp
  /// Nil for the shopper.
  package let actor: Actor?
  package let id: String
  package let group: String
  package let reason: String
  package let payload: Payload
  /// How many pieces a line had before it, as the file says; nil where it does not.
  package let quantityBefore: Int64?

  package init(
    type: EventType, at: Timestamp, actor: Actor?, id: String, group: String, reason: String,
    payload: Payload, quantityBefore: Int64? = nil
  ) {
    self.type = type
    self.at = at
    self.actor = actor
    self.id = id
    self.group = group
    self.reason = reason
    self.payload = payload
    self.quantityBefore = quantityBefore
  }

  package enum Payload: Sendable {
    /// A cart's event; a cart that does not exist is made by `create` or an added line.
    case cart(String, Command, currency: Currency?)
    /// Without a currency it is the cart's.
    case ordered(cart: String, StatedOrder, currency: Currency?)
    case order(String, Order.State, total: String?, cart: String)
    /// `groups` are the operations that were undone as part of the target.
    case undone(cart: String, target: String, groups: [String], redo: Bool)
    case product(Product)
    case customer(String, [ShopperField: String])
    case settings(String)
    case entry(ListEntry, isRemoved: Bool)
    /// What rules are, and what they said.
    case rules(RuleEvent)
  }

  /// The name of the cart that it is about; empty where it names none.
  var cartName: String {
    switch payload {
    case .cart(let name, _, _), .ordered(let name, _, _), .undone(let name, _, _, _): name
    case .order, .product, .customer, .settings, .entry, .rules: ""
    }
  }
}

/// An event with what names the line that states it.
package struct StatedLine: Sendable {
  package let event: StatedEvent
  /// Where it stands in the file.
  package let number: Int
  /// Names the line's text.
  package let digest: EventKey
  /// The keys of the line that no event of its type has, once each.
  package var unread: [IgnoredKeys.Unread]

  package init(
    _ event: StatedEvent, number: Int, digest: EventKey, unread: [IgnoredKeys.Unread] = []
  ) {
    self.event = event
    self.number = number
    self.digest = digest
    self.unread = unread
  }
}
