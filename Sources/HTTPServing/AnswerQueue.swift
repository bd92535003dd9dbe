import NIOCore

/// The answers that a connection owes, in the order of its requests.
struct AnswerQueue {
  struct Slot {
    let id: Int
    /// False for an answer to HEAD.
    let hasBody: Bool
    /// Whether the connection may stay open behind it.
    let keepsAlive: Bool
    let taken: NIODeadline
    fileprivate(set) var response: HTTPServerResponse?
  }

  private var slots: [Slot] = []
  private var next = 0

  var count: Int { slots.count }
  var isEmpty: Bool { slots.isEmpty }
  /// The oldest one that has no answer yet, or is not written.
  var first: Slot? { slots.first }

  /// - Returns: its number, for `settle`.
  mutating func open(hasBody: Bool, keepsAlive: Bool, _ now: NIODeadline) -> Int {
    next += 1
    slots.append(Slot(id: next, hasBody: hasBody, keepsAlive: keepsAlive, taken: now))
    return next
  }

  mutating func settle(_ id: Int, _ response: HTTPServerResponse) {
    guard let index = slots.firstIndex(where: { $0.id == id }) else { return }
    slots[index].response = response
  }

  /// Takes the first one out if its answer is there.
  mutating func popReady() -> (HTTPServerResponse, Slot)? {
    guard let slot = slots.first, let response = slot.response else { return nil }
    slots.removeFirst()
    return (response, slot)
  }

  mutating func removeAll() { slots = [] }
}
