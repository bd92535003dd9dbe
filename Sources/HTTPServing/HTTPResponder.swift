import Synchronization

/// Answers one request, once, from any thread and at any time.
///
/// A responder that is dropped without an answer answers 500.
public final class HTTPResponder: Sendable {
  enum Answer: Sendable {
    case response(HTTPServerResponse)
    /// The connection is closed without an answer.
    case drop
  }

  private let isDone = Atomic(false)
  private let send: @Sendable (Answer) -> Void

  init(_ send: @escaping @Sendable (Answer) -> Void) { self.send = send }

  deinit { answer(.response(HTTPServerResponse(500))) }

  /// Answers the request; nothing happens where it was answered before.
  public func respond(_ response: HTTPServerResponse) { answer(.response(response)) }

  /// Closes the connection without an answer, as a broken network does.
  public func drop() { answer(.drop) }

  private func answer(_ answer: Answer) {
    guard !isDone.exchange(true, ordering: .acquiringAndReleasing) else { return }
    send(answer)
  }
}
