/// What a command becomes: events, and what is to be done outside of this program for them.
public struct Decided: Equatable, Sendable {
  public var events: [EventBody]
  /// In the order in which they are to be done; only beside events.
  public var effects: [Effect]

  public init(_ events: [EventBody], effects: [Effect] = []) {
    (self.events, self.effects) = (events, effects)
  }
}

/// What is to be done outside of this program: a call of a store, a mail.
///
/// It is written in the transaction of the events that it was decided with, and done after it, so that it
/// is neither lost nor done for what was not saved.
public struct Effect: Equatable, Sendable {
  /// Its idempotency key: two effects of one key are one.
  public let key: String
  /// What is to be done, as `store.order`.
  public let kind: String
  /// What doing it needs to know, as JSON.
  public let data: String

  public init(key: String, kind: String, data: String = "{}") {
    (self.key, self.kind, self.data) = (key, kind, data)
  }
}
