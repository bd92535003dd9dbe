import CartModel

/// The counts behind `Quota`.
struct QuotaState {
  private var families: [String: Family] = [:]
  /// Nothing is asked before, whatever it is about.
  private var silence = Timestamp(milliseconds: 0)
  /// Refusals in a row that did not say how long to wait.
  private var strikes = 0

  struct Wait: Error {
    var milliseconds: Int64
  }

  private struct Family {
    /// Of the smallest plan, until an answer says it.
    var quota: Int64 = 150
    var left: Int64 = 150
    var window: Int64 = 30_000
    var reset = Timestamp(milliseconds: 0)
    var silence = Timestamp(milliseconds: 0)
    /// When each of our requests was made, the oldest first.
    var uses: [Timestamp] = []

    mutating func forget(at now: Timestamp) {
      // A clock that was set back must not keep requests for ever.
      uses.removeAll { now.milliseconds(since: $0) >= window || $0 > now }
      if now >= reset { left = quota }
    }
  }

  init(_ records: [QuotaRecord]) {
    for record in records where !record.family.isEmpty {
      var family = Family()
      (family.quota, family.left) = (max(record.quota, 1), max(record.left, 0))
      (family.window, family.reset) = (max(record.window.milliseconds, 1), record.reset)
      // Each might have been the last one.
      let count = Int(clamping: min(max(record.used, 0), 100_000))
      family.uses = Array(repeating: record.at, count: count)
      if record.left == 0 { family.silence = record.reset }
      families[record.family] = family
    }
  }

  /// Milliseconds until a request may be made; 0 for now.
  mutating func wait(_ name: String, share: Int, isFirst: Bool, at now: Timestamp) -> Int64 {
    for key in families.keys { families[key]?.forget(at: now) }
    let family = families[name] ?? Family()
    var wait = max(
      silence.milliseconds(since: now), family.silence.milliseconds(since: now), 0)
    func most(_ quota: Int64) -> Int64 {
      let own = max(quota.multipliedReportingOverflow(by: Int64(share)).partialValue / 100, 1)
      return isFirst ? own : max(own * 2 / 3, 1)
    }
    if let until = Self.full(family.uses, most(family.quota), family.window) {
      wait = max(wait, until.milliseconds(since: now))
    }
    let all = families.values.flatMap(\.uses).sorted()
    let widest = families.values.map(\.quota).max() ?? family.quota
    let window = families.values.map(\.window).max() ?? family.window
    if let until = Self.full(all, most(max(widest, family.quota)), window) {
      wait = max(wait, until.milliseconds(since: now))
    }
    // A fifth of what is the others' stays free for them, even where they used much.
    let reserve = family.quota / 100 * Int64(100 - share) / 5
    if share < 100, family.left <= reserve {
      wait = max(wait, family.reset.milliseconds(since: now))
    }
    return wait
  }

  /// When there is room again for one more; nil where there is.
  private static func full(_ uses: [Timestamp], _ most: Int64, _ window: Int64) -> Timestamp? {
    guard uses.count >= most else { return nil }
    return uses[uses.count - Int(most)].advanced(by: window)
  }

  mutating func use(_ name: String, at now: Timestamp) -> QuotaRecord {
    var family = families[name] ?? Family()
    family.uses.append(now)
    family.left = max(family.left - 1, 0)
    families[name] = family
    return record(name, family, at: now)
  }

  mutating func note(_ name: String, _ headers: QuotaHeaders, at now: Timestamp) -> QuotaRecord {
    var family = families[name] ?? Family()
    if let quota = headers.quota { family.quota = quota }
    if let window = headers.window { family.window = window }
    if let reset = headers.reset { family.reset = now.advanced(by: reset) }
    if let left = headers.left {
      family.left = left
      if headers.reset == nil, family.reset <= now {
        family.reset = now.advanced(by: family.window)
      }
    }
    if headers.isRefused {
      refuse(&family, headers, at: now)
    } else {
      strikes = 0
    }
    families[name] = family
    return record(name, family, at: now)
  }

  /// Without a time to wait the whole platform is under load, and asking again and again counts as abuse.
  private mutating func refuse(_ family: inout Family, _ headers: QuotaHeaders, at now: Timestamp) {
    family.left = 0
    if let reset = headers.reset {
      family.silence = now.advanced(by: max(reset, 100))
      return
    }
    strikes = min(strikes + 1, 10)
    silence = now.advanced(by: min(2_500 << Int64(strikes), 300_000))
    family.reset = max(family.reset, silence)
  }

  func records(at now: Timestamp) -> [QuotaRecord] {
    families.sorted { $0.key < $1.key }.map { record($0.key, $0.value, at: now) }
  }

  private func record(_ name: String, _ family: Family, at now: Timestamp) -> QuotaRecord {
    QuotaRecord(
      family: name, quota: family.quota, left: family.left,
      window: Span(milliseconds: family.window), reset: family.reset,
      used: Int64(family.uses.count), at: now)
  }
}
