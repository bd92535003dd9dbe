import CartModel
import CartStorage
import CartSync
import HTTPServing

/// Answers requests; nothing here waits.
final class ServiceRoutes: Sendable {
  private let hooks: HookRoute
  private let beacon: BeaconRoute
  private let health: @Sendable () -> HTTPServerResponse
  private let metrics: @Sendable () -> HTTPServerResponse

  init(
    hooks: HookRoute, beacon: BeaconRoute,
    health: @escaping @Sendable () -> HTTPServerResponse,
    metrics: @escaping @Sendable () -> HTTPServerResponse
  ) {
    (self.hooks, self.beacon) = (hooks, beacon)
    (self.health, self.metrics) = (health, metrics)
  }

  func answer(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
    let isReading = request.method == "GET" || request.method == "HEAD"
    switch (request.path, request.method) {
    case ("/hooks/bigcommerce", "POST"): hooks.answer(request, responder)
    case ("/beacon", "POST"): beacon.answer(request, responder)
    case ("/beacon.js", _) where isReading: responder.respond(BeaconRoute.script)
    case ("/healthz", _) where isReading: responder.respond(health())
    case ("/metrics", _) where isReading: responder.respond(metrics())
    case ("/hooks/bigcommerce", _), ("/beacon", _):
      responder.respond(.init(405, headers: [("Allow", "POST")]))
    case ("/beacon.js", _), ("/healthz", _), ("/metrics", _):
      responder.respond(.init(405, headers: [("Allow", "GET, HEAD")]))
    default: responder.respond(.init(404))
    }
  }
}
