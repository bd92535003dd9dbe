/// Receivers that fail too often: nothing is sent to them for a while, and it waits.
///
/// With 100 calls or more in two minutes, and less than 90 % of them answered, it is three minutes.
struct BlockedDomains: Sendable {
  private struct Record {
    var start: Int64
    var sent = 0
    var failed = 0
    var until: Int64 = 0
  }

  private var records: [String: Record] = [:]

  private static func domain(_ url: String) -> String {
    url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
      ?? ""
  }

  mutating func note(_ url: String, isTaken: Bool, at now: Int64) {
    let domain = Self.domain(url)
    var record = records[domain] ?? Record(start: now)
    if now - record.start >= 120_000 { (record.start, record.sent, record.failed) = (now, 0, 0) }
    record.sent += 1
    record.failed += isTaken ? 0 : 1
    if record.sent >= 100, record.failed * 10 > record.sent {
      record = Record(start: now, until: now + 180_000)
    }
    records[domain] = record
  }

  func isBlocked(_ url: String, at now: Int64) -> Bool {
    records[Self.domain(url)].map { now < $0.until } ?? false
  }

  /// The blocked ones with the seconds that are left.
  func list(at now: Int64) -> [(domain: String, seconds: Int64)] {
    records.filter { now < $0.value.until }.map { ($0.key, ($0.value.until - now) / 1_000) }
      .sorted { $0.0 < $1.0 }
  }
}
