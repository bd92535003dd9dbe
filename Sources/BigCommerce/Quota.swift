import CartEngine
import CartModel
import HTTPClient
import Synchronization

/// Keeps to our share of the requests that a store answers; the rest is for its other apps.
///
/// A store counts requests in windows, some stores for each resource. What the headers of an answer say is
/// kept by resource. As nobody says whether resources share one quota, all our requests of a window together
/// stay within the share of the largest, too. What is about carts may use all of the share, the rest two
/// thirds of it, so that a catalogue never keeps a cart waiting.
public final class Quota: Sendable {
  /// Of a hundred requests that the store allows.
  public let share: Int
  private let storage: (any QuotaStorage)?
  private let state: Mutex<QuotaState>

  /// - Parameter share: 1 … 100 percent.
  /// - Throws: what reading throws.
  public init(share: Int = 30, _ storage: (any QuotaStorage)? = nil) throws(StorefrontError) {
    self.share = min(max(share, 1), 100)
    self.storage = storage
    state = Mutex(QuotaState(try storage?.load() ?? []))
  }

  /// Counts a request that is about to be sent.
  ///
  /// - Parameter isFirst: whether it goes before others.
  /// - Throws: `throttled` with the time to wait; what saving throws.
  func admit(_ family: String, isFirst: Bool, at now: Timestamp) throws(StorefrontError) {
    let admitted = state.withLock { state in
      let wait = state.wait(family, share: share, isFirst: isFirst, at: now)
      return wait > 0
        ? Result<QuotaRecord, QuotaState.Wait>.failure(.init(milliseconds: wait))
        : .success(state.use(family, at: now))
    }
    switch admitted {
    case .success(let record): try storage?.save(record)
    case .failure(let wait):
      throw StorefrontError(
        .throttled, "our share of the store's requests is used up: \(share) % of them",
        retry: Span(milliseconds: wait.milliseconds))
    }
  }

  /// Takes in what an answer says of the quota.
  func note(_ family: String, _ response: HTTPResponse, at now: Timestamp) {
    let record = state.withLock { $0.note(family, QuotaHeaders(response), at: now) }
    // The next request saves it, and each saving waits for the disk; a refusal must outlast a restart.
    if response.status == 429 { try? storage?.save(record) }
  }

  /// How long the store or our share asks to wait; at least a second.
  func wait(_ family: String, at now: Timestamp) -> Span {
    let wait = state.withLock { $0.wait(family, share: share, isFirst: true, at: now) }
    return Span(milliseconds: max(wait, 1000))
  }

  /// What is known of each resource, in the order of their names.
  public func records(at now: Timestamp) -> [QuotaRecord] {
    state.withLock { $0.records(at: now) }
  }
}

/// Keeps what is known of quotas, so that a restart does not forget what was used.
public protocol QuotaStorage: Sendable {
  func load() throws(StorefrontError) -> [QuotaRecord]
  /// Replaces the record of its family.
  func save(_ record: QuotaRecord) throws(StorefrontError)
}

/// What is known of the quota of one resource.
public struct QuotaRecord: Equatable, Sendable {
  /// `checkouts`, `orders`; empty for what holds for all of them.
  public var family: String
  /// Requests of a window, of all apps together.
  public var quota: Int64
  /// How many of them were left.
  public var left: Int64
  public var window: Span
  /// When the window ends.
  public var reset: Timestamp
  /// Our own requests of the window before `at`.
  public var used: Int64
  public var at: Timestamp

  public init(
    family: String, quota: Int64, left: Int64, window: Span, reset: Timestamp, used: Int64,
    at: Timestamp
  ) {
    (self.family, self.quota, self.left, self.window) = (family, quota, left, window)
    (self.reset, self.used, self.at) = (reset, used, at)
  }
}

/// The headers with which an answer says what is left.
struct QuotaHeaders {
  var quota: Int64?
  var left: Int64?
  /// Milliseconds.
  var window: Int64?
  /// Milliseconds until the window ends.
  var reset: Int64?
  /// Whether the store refused for too many requests.
  var isRefused: Bool

  init(_ response: HTTPResponse) {
    func number(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
      response[header: name].flatMap { Int64($0) }.flatMap { range.contains($0) ? $0 : nil }
    }
    let hour: Int64 = 3_600_000
    quota = number("X-Rate-Limit-Requests-Quota", 1...1_000_000_000)
    left = number("X-Rate-Limit-Requests-Left", 0...1_000_000_000)
    window = number("X-Rate-Limit-Time-Window-Ms", 1...hour)
    let seconds = number("X-Retry-After", 0...3600) ?? number("Retry-After", 0...3600)
    isRefused = response.status == 429
    reset = number("X-Rate-Limit-Time-Reset-Ms", 0...hour) ?? seconds.map { $0 * 1000 }
    if isRefused, let seconds { reset = max(reset ?? 0, seconds * 1000) }
  }
}
