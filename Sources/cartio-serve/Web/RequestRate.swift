import CartModel
import Synchronization

/// Limits how often each client may ask, and all of them together: a bucket that fills with time.
final class RequestRate: Sendable {
  private struct Bucket {
    var left: Double
    var filled: Timestamp
  }

  private struct State {
    var all: Bucket?
    var clients: [String: Bucket] = [:]
  }

  private let perClient: Double
  private let together: Double
  private let state = Mutex(State())
  /// Clients that are remembered; beyond it the memory begins anew.
  private static let most = 50_000

  /// - Parameters:
  ///   - perClient: requests a minute; as many at once.
  ///   - together: requests a second; as many at once.
  init(perClient: Int, together: Int) {
    (self.perClient, self.together) = (Double(perClient), Double(together))
  }

  func admits(_ client: String, at now: Timestamp) -> Bool {
    state.withLock { state in
      var all = state.all ?? Bucket(left: together, filled: now)
      fill(&all, perSecond: together, most: together, now)
      defer { state.all = all }
      guard all.left >= 1 else { return false }
      if state.clients.count > Self.most { state.clients = [:] }
      var own = state.clients[client] ?? Bucket(left: perClient, filled: now)
      fill(&own, perSecond: perClient / 60, most: perClient, now)
      defer { state.clients[client] = own }
      guard own.left >= 1 else { return false }
      own.left -= 1
      all.left -= 1
      return true
    }
  }

  private func fill(_ bucket: inout Bucket, perSecond: Double, most: Double, _ now: Timestamp) {
    let seconds = Double(max(now.milliseconds(since: bucket.filled), 0)) / 1000
    bucket.left = min(most, bucket.left + seconds * perSecond)
    bucket.filled = now
  }
}
