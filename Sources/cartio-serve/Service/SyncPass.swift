import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartSync
import Glibc

/// One pass over a store, by a command; beside a service that runs, the service does it.
final class SyncPass {
  private let connection: StoreConnection
  private let lease: LeaseHolder
  private var inbox: any Inbox { connection.inbox }
  private var shown = Timestamp(milliseconds: 0)

  /// Nothing but what the pass asks for: a service does the rest.
  static var options: SyncOptions {
    var options = SyncOptions()
    options.sweepCount = { 0 }
    return options
  }

  /// Looks that failed so often are given up by a command.
  private static let mostTries: Int64 = 4
  /// Orders and their carts of so many milliseconds are asked for where none were before: 90 days.
  static let history: Int64 = 90 * 86_400_000

  init(_ connection: StoreConnection) {
    self.connection = connection
    lease = LeaseHolder("sync", connection.inbox)
  }

  /// - Throws: `failed` where a cart that was named does not exist, `partly` where the store did not
  ///   answer all.
  func run(_ ids: [String]) throws {
    StopSignal.watch()
    let now = connection.clock()
    let subjects = try ids.isEmpty ? begin(at: now) : ids.map(subject)
    var change = InboxChange()
    change.hints = try subjects.map { try hint($0, isNamed: !ids.isEmpty) }
    try inbox.write(change, at: now)
    let isOurs = try renew()
    if !isOurs { Terminal.say("A service works on this shop: it does the looks.") }
    defer { if isOurs { try? lease.release() } }
    while try isWaiting(for: ids.isEmpty ? nil : subjects) {
      guard !StopSignal.isSet else { throw ServiceError(.interrupted, "sync: interrupted") }
      if isOurs {
        _ = try renew()
        try connection.loop.turn(wait: 100)
      } else {
        usleep(100_000)
      }
      try report()
    }
    if isOurs { try connection.loop.stop() }
    try conclude(ids, subjects)
  }

  private func renew() throws -> Bool { try lease.renew(at: connection.clock()) }

  private func subject(_ word: String) -> LookSubject {
    word.hasPrefix("token:")
      ? LookSubject(.token, String(word.dropFirst(6))) : .cart(word.lowercased())
  }

  private func hint(_ subject: LookSubject, isNamed: Bool) throws -> LookHint {
    guard isNamed else { return LookHint(subject, .sweep) }
    let isKnown =
      try subject.kind != .cart
      || connection.application.shop.store.key(named: subject.name) != nil
    // Of a cart that is not known nothing wrong can be said: no need to look again and again.
    return LookHint(subject, .screen, note: isKnown ? "" : LookHint.gone)
  }

  /// All carts that may still be there; the passes over orders, products and customers.
  private func begin(at now: Timestamp) throws -> [LookSubject] {
    let history = now.advanced(by: -Self.history)
    try connection.loop.beginPass("orders", since: try connection.loop.since("orders") ?? history)
    for pass in ["products", "customers"] {
      try connection.loop.beginPass(pass, since: try connection.loop.since(pass))
    }
    let store = connection.application.shop.store
    return try store.sweepKeys(limit: .max).compactMap { key in
      try store.cart(key)?.binding.map { .cart($0.storeID) }
    }
  }

  /// Whether anything is left that was not given up.
  private func isWaiting(for subjects: [LookSubject]?) throws -> Bool {
    if connection.loop.stopped != nil { return false }
    if let subjects {
      return try subjects.contains {
        try inbox.look(of: $0).map { $0.tries < Self.mostTries } ?? false
      }
    }
    return try !inbox.due(at: Timestamp.range.upperBound, limit: 1_000).allSatisfy {
      $0.tries >= Self.mostTries
    }
  }

  private func report() throws {
    let now = connection.clock()
    guard isatty(2) == 1, now.milliseconds(since: shown) >= 2_000 else { return }
    shown = now
    let count = try inbox.count().total
    if count > 0 {
      Terminal.say(
        "\(CountText.count(Int(count), "cart or record", "carts or records")) to be read")
    }
  }

  private func conclude(_ ids: [String], _ subjects: [LookSubject]) throws {
    if let words = connection.loop.stopped { throw ServiceError(.failed, "the store: \(words)") }
    let store = connection.application.shop.store
    var missing: [String] = []
    if ids.contains(where: { $0.hasPrefix("token:") }),
      connection.loop.figures.values.ignored["not_found"] != nil
    {
      throw ServiceError(.failed, "the store knows no cart of this token")
    }
    for id in ids where !id.hasPrefix("token:") {
      guard try inbox.look(of: .cart(id.lowercased())) == nil,
        try store.key(named: id.lowercased()) == nil
      else { continue }
      missing.append(id)
    }
    guard missing.isEmpty else {
      throw ServiceError(
        .failed, "the store has no cart with the id \(missing.joined(separator: ", "))")
    }
    let values = connection.loop.figures.values
    var parts = ["\(CountText.count(Int(values[.looks]), "cart")) looked at"]
    if values[.records] > 0 {
      parts.append("\(CountText.count(Int(values[.records]), "record")) read")
    }
    parts.append(CountText.count(Int(values[.applied]), "change"))
    Terminal.print(parts.joined(separator: ", "))
    let left =
      try
      (ids.isEmpty ? inbox.count().total : Int64(subjects.count { try inbox.look(of: $0) != nil }))
    guard left == 0 else {
      throw ServiceError(
        .partly,
        "the store did not answer for \(CountText.count(Int(left), "cart or record", "carts or records")); "
          + "run 'cartio sync' again")
    }
  }
}
