import BigCommerce
import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartSync

/// What is used of a store's quota, kept in the inbox: a restart does not begin with a full share.
final class StoredQuota: QuotaStorage {
  private let inbox: Guarded<any Inbox>
  private let now: @Sendable () -> Timestamp
  private static let prefix = "quota."
  private static let families = "quota"

  init(_ inbox: any Inbox, now: @escaping @Sendable () -> Timestamp) {
    self.inbox = Guarded(inbox)
    self.now = now
  }

  func load() throws(StorefrontError) -> [QuotaRecord] {
    try locked { (inbox) throws(StoreError) in
      var records: [QuotaRecord] = []
      for family in try Self.names(inbox) {
        guard let text = try inbox.value(Self.prefix + family),
          let record = Self.record(family, text)
        else { continue }
        records.append(record)
      }
      return records
    }
  }

  func save(_ record: QuotaRecord) throws(StorefrontError) {
    try locked { (inbox) throws(StoreError) in
      var change = InboxChange()
      let names = try Self.names(inbox)
      if !names.contains(record.family) {
        change.values.append((Self.families, (names + [record.family]).joined(separator: " ")))
      }
      change.values.append((Self.prefix + record.family, Self.text(record)))
      try inbox.write(change, at: now())
    }
  }

  func close() { inbox.use { $0.close() } }

  private func locked<T>(_ body: (any Inbox) throws(StoreError) -> T) throws(StorefrontError) -> T {
    do throws(StoreError) { return try inbox.use(body) } catch {
      throw StorefrontError(.unavailable, error.message)
    }
  }

  private static func names(_ inbox: any Inbox) throws(StoreError) -> [String] {
    try inbox.value(families)?.split(separator: " ").map(String.init) ?? []
  }

  private static func text(_ record: QuotaRecord) -> String {
    [
      record.quota, record.left, record.window.milliseconds, record.reset.milliseconds,
      record.used, record.at.milliseconds,
    ].map(String.init).joined(separator: " ")
  }

  private static func record(_ family: String, _ text: String) -> QuotaRecord? {
    let numbers = text.split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 6 else { return nil }
    return QuotaRecord(
      family: family, quota: numbers[0], left: numbers[1], window: Span(milliseconds: numbers[2]),
      reset: Timestamp(milliseconds: numbers[3]), used: numbers[4],
      at: Timestamp(milliseconds: numbers[5]))
  }
}
