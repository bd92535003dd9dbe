import CartModel
import CartStorage
import CartSync
import HTTPServing

/// Takes what the storefront's script reports, and serves the script.
final class BeaconRoute: Sendable {
  private let writer: InboxWriter
  private let proxies: TrustedProxies
  private let rate: RequestRate
  private let figures: SyncFigures
  private let now: @Sendable () -> Timestamp

  init(
    _ writer: InboxWriter, _ proxies: TrustedProxies, _ rate: RequestRate, _ figures: SyncFigures,
    now: @escaping @Sendable () -> Timestamp
  ) {
    (self.writer, self.proxies, self.rate) = (writer, proxies, rate)
    (self.figures, self.now) = (figures, now)
  }

  static let script = HTTPServerResponse(
    200,
    headers: [
      ("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", "max-age=3600"),
      ("X-Content-Type-Options", "nosniff"),
    ], body: Array(BeaconSource.text.utf8))

  func answer(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
    let time = now()
    let client = proxies.client(peer: request.peer, forwarded: request[header: "X-Forwarded-For"])
    guard rate.admits(client, at: time) else {
      figures.ignore("beacon_rate")
      return responder.respond(.init(429, headers: [("Retry-After", "60")]))
    }
    guard let message = BeaconMessage(request.body) else {
      figures.ignore("beacon_malformed")
      return responder.respond(.init(400))
    }
    let report = message.report(
      ip: client, browser: request[header: "User-Agent"] ?? "", at: time)
    let isTaken = writer.write(
      [LookHint(LookSubject(.report, message.cart), .changed)], report: report
    ) { failure in responder.respond(.init(failure == nil ? 204 : 503)) }
    if !isTaken { responder.respond(.init(503)) }
  }
}
