import CartModel
import CartStorage

/// What is recorded under the values that rules ask of.
///
/// A single question reads the rows of its value; once many have been asked of what is past, as in a
/// pass or a backtest, all rows of the key are taken into memory.
final class SharedFacts {
  private let store: any Storage
  /// Whether each cart is asked about.
  var isPass = false
  private var hashing: SharedHasher?
  private var kept: Set<SharedKey> = []
  /// Whether a table could not be written.
  private var refused = false
  private var tables: [SharedKey: SharedTable] = [:] { didSet { latest = nil } }
  /// The one that was asked last.
  private var latest: (key: SharedKey, table: SharedTable)?
  private var logs: [SharedKey: SharedLog] = [:]
  private var known: [Place: Known] = [:]
  private var rowsKnown = 0
  /// How often a key was asked in vain of what is past, and up to where it was asked at all.
  private var misses: [SharedKey: (count: Int, latest: Int64)] = [:]

  private struct Place: Hashable {
    var key: SharedKey
    var value: UInt64
  }

  private struct Known {
    var rows: [SharedRow]
    var counts: SharedCounts
    /// What happened by then may be missing.
    var since: Timestamp?
    var through: Int64

    func covers(_ time: Timestamp?) -> Bool {
      guard let since else { return true }
      return time.map { $0 >= since } ?? false
    }
  }

  /// Rows that are remembered of single values, but for those that have many.
  private static let most = 200_000
  private static let long = 1_000
  /// Of so many carts a table is read in some milliseconds.
  private static let small = 10_000
  /// About how many carts there are; 0 until it was asked.
  private var carts = 0

  init(_ store: any Storage) { self.store = store }

  func hasher() throws(StoreError) -> SharedHasher {
    if let hashing { return hashing }
    // The first commit writes its secret; that may be another process's, between the two.
    let isSecret = try store.lastSeq() > 0
    let made = try store.sharedHasher()
    if isSecret { hashing = made }
    return made
  }

  /// The same where it is in memory as a whole; nil where that is to be seen.
  func atHand(_ key: SharedKey, _ value: UInt64, through seq: Int64) -> SharedRun?? {
    if latest?.key != key { latest = tables[key].map { (key, $0) } }
    guard let table = latest?.table, seq <= table.through else { return nil }
    return .some(table.run(value))
  }

  /// What is recorded under a value.
  ///
  /// - Parameters:
  ///   - seq: the last event that must be in it; more may be.
  ///   - since: what happened by then may be missing; nil for all.
  ///   - writer: the time of the run where a table may be written for a key that has none.
  ///   - shared: runs work that many questions share.
  func run(
    _ key: SharedKey, _ value: UInt64, through seq: Int64, since: Timestamp?, writer: Timestamp?,
    _ shared: (() throws -> Void) throws -> Void
  ) throws -> SharedRun? {
    let seq = seq == .max ? try store.lastSeq() : seq
    if let table = tables[key], seq <= table.through { return table.run(value) }
    if try !isKept(key, writer, shared) {
      let log = logs[key] ?? SharedLog(key)
      logs[key] = log
      if log.isBehind(seq) {
        let (hasher, last) = (try hasher(), try store.lastSeq())
        try shared { try log.read(store, hasher, through: last) }
      }
      return log.run(value)
    }
    // One that was just made.
    if let table = tables[key], seq <= table.through { return table.run(value) }
    let place = Place(key: key, value: value)
    if let entry = known[place], entry.covers(since) {
      if entry.through < seq {
        try shared { try extend(place, after: entry.through, through: seq) }
      }
    } else {
      if try isWorthATable(key, seq) {
        try shared { tables[key] = try SharedTable(key, store, through: store.lastSeq()) }
        return tables[key]?.run(value)
      }
      var (rows, isPart) = ([SharedRow](), false)
      // Of a country it can be half of all.
      try shared {
        (rows, isPart) = try store.sharedRows(
          key, value, after: 0, through: seq, since: since)
      }
      if rowsKnown > Self.most {
        // What took long to read stays, unless it is too much as well.
        known = known.filter { $0.value.rows.count > Self.long }
        if known.values.reduce(0, { $0 + $1.rows.count }) > Self.most * 10 { known = [:] }
        rowsKnown = 0
      }
      rowsKnown += min(rows.count, Self.long) + 8
      known[place] = Known(
        rows: rows, counts: SharedCounts(), since: isPart ? since : nil, through: seq)
    }
    return known[place].map {
      SharedRun(rows: $0.rows[...], counts: $0.rows.count > SharedRun.long ? $0.counts : nil)
    }
  }

  private func extend(_ place: Place, after: Int64, through seq: Int64) throws(StoreError) {
    let (rows, _) = try store.sharedRows(
      place.key, place.value, after: after, through: seq, since: nil)
    known[place]?.rows += rows
    known[place]?.through = seq
  }

  private func isKept(
    _ key: SharedKey, _ writer: Timestamp?, _ shared: (() throws -> Void) throws -> Void
  ) throws -> Bool {
    if kept.contains(key) { return true }
    if try !store.keeps(key) {
      guard let writer, !refused else { return false }
      do {
        try shared { try keep(key, writer) }
      } catch let error as StoreError {
        // Another writes all the time, or the disk is full: it can do without.
        guard ![.corrupt, .replaced, .restored].contains(error.code), store.shouldStop?() != true
        else { throw error }
        refused = true
        return false
      }
    }
    kept.insert(key)
    return true
  }

  /// Has a table made by another connection, as this one may be in the middle of a long read.
  ///
  /// What it made is taken into memory: that read does not see it.
  private func keep(_ key: SharedKey, _ time: Timestamp) throws {
    let other = try store.sibling()
    defer { other.close() }
    try other.keep(key, recorded: time)
    tables[key] = try SharedTable(key, other, through: other.lastSeq())
    logs[key] = nil
  }

  /// A table takes about as long as reading single values for one in thirty carts; for a pass over
  /// a small shop it is read at once.
  private func isWorthATable(_ key: SharedKey, _ seq: Int64) throws(StoreError) -> Bool {
    var (count, latest) = misses[key] ?? (0, 0)
    // Live, each question is of something new, which no table would have.
    if isPass || seq <= latest { count += 1 }
    latest = max(latest, seq)
    if carts == 0 { carts = try Int(store.lastCart()) }
    let isSmall = carts <= Self.small
    let isWorth = count > (isPass ? isSmall ? 0 : 200 : max(5, carts / (isSmall ? 100 : 30)))
    misses[key] = (isWorth ? 0 : count, latest)
    return isWorth
  }
}
