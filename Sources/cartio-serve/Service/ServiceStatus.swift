import BigCommerce
import CartModel
import CartStorage
import CartSync
import HTTPServing

/// What `/healthz` and `/metrics` say.
final class ServiceStatus: Sendable {
  private let inbox: Guarded<any Inbox>
  private let figures: SyncFigures
  private let quota: Quota
  private let now: @Sendable () -> Timestamp

  init(
    _ inbox: any Inbox, _ figures: SyncFigures, _ quota: Quota,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.inbox = Guarded(inbox)
    (self.figures, self.quota, self.now) = (figures, quota, now)
  }

  /// Whether hints can be kept: a store whose work rests is no reason to restart the service.
  var health: HTTPServerResponse {
    guard count != nil else { return HTTPServerResponse(503, text: "inbox: cannot be read\n") }
    return HTTPServerResponse(
      200, text: figures.values.stopped == nil ? "ok\n" : "ok; requests to the store are paused\n")
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

  private var count: InboxCount? { inbox.use { try? $0.count() } }
}
