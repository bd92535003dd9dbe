import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Asks for a look at carts of the store, and waits for the service that does it.
public struct StoreAsking {
  private let inbox: any Inbox
  private let now: () -> Timestamp
  private let pause: (Int64) -> Void

  /// - Parameter pause: waits so many milliseconds.
  public init(
    _ inbox: any Inbox, now: @escaping () -> Timestamp, pause: @escaping (Int64) -> Void
  ) {
    (self.inbox, self.now, self.pause) = (inbox, now, pause)
  }

  public enum Answer: Equatable, Sendable {
    /// The looks were done.
    case looked
    /// They are still to be done.
    case waiting
    /// No service runs that would do them.
    case noService
    /// Nothing is asked of the store now, by why.
    case stopped(String)
  }

  /// Whether a service works on the inbox.
  public var isServed: Bool {
    get throws(StoreError) { try inbox.holder(of: InboxName.service, at: now()) != nil }
  }

  /// - Parameters:
  ///   - ids: the store's ids of carts.
  ///   - areKnown: whether the shop has them; of others one look that does not find them is enough.
  ///   - wait: at most so many milliseconds.
  public func look(at ids: [String], areKnown: Bool = true, wait: Int64) throws(StoreError)
    -> Answer
  {
    let asked = now()
    var change = InboxChange()
    change.hints = ids.map { LookHint(.cart($0), .screen, note: areKnown ? "" : LookHint.gone) }
    try inbox.write(change, at: asked)
    guard try isServed else { return .noService }
    let end = asked.advanced(by: wait)
    while true {
      if try isServed(ids) { return .looked }
      if let words = try inbox.value(InboxName.stopped), !words.isEmpty { return .stopped(words) }
      guard now() < end else { return .waiting }
      pause(20)
    }
  }

  private func isServed(_ ids: [String]) throws(StoreError) -> Bool {
    for id in ids where try inbox.look(of: .cart(id)) != nil { return false }
    return true
  }
}
