import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartSupport

/// What is wrong with a connection, and what waits.
struct ConnectionReport {
  private let home: Home
  private let file: ConnectionFile

  init(_ home: Home) throws {
    self.home = home
    file = try home.connection()
  }

  func print() throws {
    guard let hash = file[.storeHash], let token = file[.token] else {
      return row("store", "none connected")
    }
    let inbox = try home.openInbox()
    defer { inbox.close() }
    try printInbox(inbox)
    let stored = StoredQuota(try home.openInbox(), now: { Home.clock() })
    defer { stored.close() }
    let quota = try Quota(share: try home.settings().connection.quota, stored)
    let access = try StoreAccess(
      hash: hash, token: token, base: file[.apiBase] ?? StoreAccess.usualBase)
    let client = StoreClient(access, quota, now: { Home.clock() })
    printStore(StoreAccount(client))
    printHooks(StoreHooks(client))
    for record in quota.records(at: Home.clock()) {
      row("quota", "\(record.family): \(record.left) of \(record.quota) left, \(record.used) ours")
    }
  }

  private func row(_ name: String, _ text: String) {
    Terminal.print(name + String(repeating: " ", count: max(0, 11 - name.count)) + "  " + text)
  }

  private func printInbox(_ inbox: any Inbox) throws {
    let now = Home.clock()
    let holder = try inbox.holder(of: InboxName.service, at: now)
    row(
      "service",
      holder.map { "runs (\(LeaseHolder.words($0)))" } ?? "does not run; start it: cartio serve")
    if let words = try inbox.value(InboxName.stopped), !words.isEmpty { row("paused", words) }
    let count = try inbox.count()
    let age = count.oldest.map { Span(milliseconds: max(0, now.milliseconds(since: $0))) }
    row(
      "inbox",
      "\(CountText.count(Int(count.total), "cart or record", "carts or records")) to be read"
        + (age.map { ", the oldest for \($0)" } ?? ""))
  }

  private func printStore(_ account: StoreAccount) {
    do throws(StorefrontError) {
      let store = try account.information()
      row("store", "\(store.name), \(store.currency), \(store.timeZone)")
      let drift = try account.drift().milliseconds
      row("clock", abs(drift) <= 5_000 ? "within 5 s of the store's" : "off by \(drift / 1000) s")
    } catch { row("store", "problem: \(error.message)") }
  }

  private func printHooks(_ hooks: StoreHooks) {
    guard let address = file.hookAddress else {
      return row("hooks", "none: no public address; only 'cartio sync' asks the store")
    }
    do throws(StorefrontError) {
      let known = try hooks.list().filter { $0.destination == address }
      for scope in StoreHooks.scopes {
        let hook = known.first { $0.scope == scope }
        row(
          "hook",
          "\(scope) "
            + (hook.map { $0.isActive ? "on" : "problem: off; 'cartio serve' turns it on" }
              ?? "problem: missing; 'cartio serve' makes it"))
      }
    } catch { row("hooks", "problem: \(error.message)") }
  }
}
