import BigCommerce
import CartModel
import CartStorage
import CartSync
import HTTPServing
import Synchronization

/// What `/healthz` and `/metrics` say.
final class ServiceStatus: Sendable {
  private struct Held: @unchecked Sendable { let inbox: any Inbox }
  private let held: Mutex<Held>
  private let figures: SyncFigures
  private let quota: Quota
  private let now: @Sendable () -> Timestamp

  init(
    _ inbox: any Inbox, _ figures: SyncFigures, _ quota: Quota,
    now: @escaping @Sendable () -> Timestamp
  ) {
    held = Mutex(Held(inbox: inbox))
    (self.figures, self.quota, self.now) = (figures, quota, now)
  }

  /// Whether hints can be kept: a store whose work rests is no reason to restart the service.
  var health: HTTPServerResponse {
    guard count != nil else { return HTTPServerResponse(503, text: "inbox: cannot be read\n") }
    return HTTPServerResponse(
      200, text: figures.values.stopped == nil ? "ok\n" : "ok; the store's work rests\n")
  }

  var metrics: HTTPServerResponse {
    guard let count else { return HTTPServerResponse(503, text: "inbox: cannot be read\n") }
    let time = now()
    var page = MetricsPage(figures.values, count, at: time.milliseconds)
    let records = quota.records(at: time)
    page.add(
      "quota_left", "gauge", "Requests that the store says are left, by resource.",
      records.map { ([("resource", $0.family)], $0.left) })
    page.add(
      "quota_used", "gauge", "Our own requests of the window, by resource.",
      records.map { ([("resource", $0.family)], $0.used) })
    return HTTPServerResponse(
      200, text: page.text, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private var count: InboxCount? { held.withLock { try? $0.inbox.count() } }
}
