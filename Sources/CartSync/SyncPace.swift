import CartEngine
import CartModel
import CartStorage

/// When a store may be asked again after it gave no answer.
struct SyncPace {
  private(set) var pausedUntil: Timestamp?
  /// Why no request is sent: the token is not accepted, or the store is closed.
  private(set) var stopped: String?

  /// Pause after an answer that only the merchant can change; milliseconds.
  private static let pause: Int64 = 60_000
  private static let longest: Int64 = 600_000
  /// About two minutes.
  private static let orderTries: Int64 = 6

  func isPaused(at now: Timestamp) -> Bool { pausedUntil.map { now < $0 } ?? false }

  mutating func pause(until end: Timestamp) { pausedUntil = max(pausedUntil ?? end, end) }

  mutating func answered() { stopped = nil }

  enum Verdict: Equatable {
    /// It stays due: the whole store is asked later.
    case keep
    case postpone(Timestamp)
    /// Asking again does not help; by why.
    case drop(String)
  }

  /// What becomes of a look that failed.
  mutating func verdict(on error: StorefrontError, _ look: DueLook, at now: Timestamp) -> Verdict {
    switch error.code {
    case .throttled:
      pause(until: now.advanced(by: max(error.retry?.milliseconds ?? 1_000, 50)))
      return .keep
    case .unauthorized, .closed:
      stopped = error.message
      pause(until: now.advanced(by: error.retry?.milliseconds ?? Self.pause))
      return .keep
    case .unavailable, .garbled:
      let asked = error.retry?.milliseconds ?? 0
      return .postpone(now.advanced(by: max(asked, Self.backOff(look))))
    case .notFound:
      // A store says that there is an order before it shows it.
      guard look.subject.kind == .order, look.tries < Self.orderTries else {
        return .drop("not_found")
      }
      return .postpone(now.advanced(by: Self.backOff(look)))
    case .unsupported: return .drop("unsupported")
    }
  }

  /// Doubles with each try, and differs between subjects, so that they do not all come at once.
  static func backOff(_ look: DueLook) -> Int64 {
    let base = min(longest, 1_000 << min(look.tries, 10))
    var spread: UInt64 = 14_695_981_039_346_656_037
    for byte in look.subject.name.utf8 { spread = (spread ^ UInt64(byte)) &* 1_099_511_628_211 }
    return base + base / 4 * Int64(spread % 101) / 100
  }
}
