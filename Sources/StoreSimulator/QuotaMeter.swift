/// How many requests a store answers in a window of 30 s.
struct QuotaMeter: Sendable {
  static let window: Int64 = 30_000
  let limit: Int
  private var start: Int64 = 0
  private var used = 0
  /// How many requests came when nothing was left.
  private(set) var refused = 0
  /// The most that was asked for in a window.
  private(set) var most = 0

  init(limit: Int) { self.limit = limit }

  /// Counts a request.
  ///
  /// - Returns: whether it may be answered.
  mutating func take(at now: Int64) -> Bool {
    if now - start >= Self.window { (start, used) = (now, 0) }
    used += 1
    most = max(most, used)
    guard used <= limit else {
      refused += 1
      return false
    }
    return true
  }

  func headers(at now: Int64) -> [(name: String, value: String)] {
    [
      ("X-Rate-Limit-Time-Window-Ms", String(Self.window)),
      ("X-Rate-Limit-Time-Reset-Ms", String(max(0, start + Self.window - now))),
      ("X-Rate-Limit-Requests-Quota", String(limit)),
      ("X-Rate-Limit-Requests-Left", String(max(0, limit - used))),
    ]
  }
}
