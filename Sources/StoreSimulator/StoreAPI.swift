import CartSupport
import HTTPServing

/// Answers requests as the store does, and checks them against its specification.
struct StoreAPI: Sendable {
  static let routes =
    CartRoutes.all + CheckoutRoutes.all + OrderRoutes.all + CatalogueRoutes.all + StoreRoutes.all
    + HookRoutes.all

  /// What the network does with an answer.
  struct Result: Sendable {
    var response: HTTPServerResponse
    var isDropped = false
    /// In milliseconds.
    var delay = 0
  }

  static func answer(_ request: HTTPServerRequest, _ store: inout SimulatedStore) -> Result {
    store.tick()
    if store.chance.hits(\.droppedBefore) {
      store.ledger.count(fault: "dropped before")
      return Result(response: HTTPServerResponse(500), isDropped: true)
    }
    let answer = answer(to: request, &store)
    store.ledger.count(status: answer.status)
    var result = Result(response: answer)
    if store.chance.hits(\.droppedAfter) {
      store.ledger.count(fault: "dropped after")
      result.isDropped = true
    }
    if store.chance.hits(\.slow) {
      store.ledger.count(fault: "slow")
      result.delay = store.chance.faults.slowness
    }
    return result
  }

  private static func answer(to request: HTTPServerRequest, _ store: inout SimulatedStore)
    -> HTTPServerResponse
  {
    let version = request.path.contains("/v2/") ? 2 : 3
    guard request[header: "X-Auth-Token"] == store.configuration.token else {
      return respond(
        version == 2
          ? .oldError(401, "No credentials were supplied in the request.")
          : .error(401, "X-Auth-Token header is required"), [], store)
    }
    let isLeft = store.quota.take(at: store.now)
    let limits = store.quota.headers(at: store.now)
    guard isLeft else { return respond(.error(429, "Too many requests"), limits, store) }
    if let fault = fault(&store, limits) { return fault }
    switch read(request, store) {
    case .failure(let violation):
      store.ledger.violate("\(request.method) \(request.path)?\(request.query): \(violation.text)")
      let answer = violation.answer(version)
      return respond(answer, limits, store)
    case .success(let (route, call)):
      store.ledger.count(route.name)
      guard route.permits(store.configuration.scopes) else {
        return respond(
          .error(403, "You don't have a required scope to access the endpoint"), limits, store)
      }
      return respond(route.handler(&store, call), limits, store)
    }
  }

  private static func fault(
    _ store: inout SimulatedStore, _ limits: [(name: String, value: String)]
  ) -> HTTPServerResponse? {
    if store.chance.hits(\.serverError) {
      store.ledger.count(fault: "server error")
      let page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
      return HTTPServerResponse(
        store.chance.random.chance(50) ? 500 : 502, text: page, type: "text/html")
    }
    if store.chance.hits(\.unavailable) {
      store.ledger.count(fault: "unavailable")
      return HTTPServerResponse(503, text: "<html>Maintenance</html>", type: "text/html")
    }
    guard store.chance.hits(\.throttled) else { return nil }
    store.ledger.count(fault: "throttled")
    let isSilent = store.chance.random.chance(50)
    return respond(.error(429, "Too many requests"), isSilent ? [] : limits, store)
  }

  // MARK: Reading

  private struct Violation: Error {
    let status: Int
    let text: String

    func answer(_ version: Int) -> APIAnswer {
      version == 2 ? .oldError(status, text) : .error(status, text)
    }
  }

  private static func read(_ request: HTTPServerRequest, _ store: SimulatedStore)
    -> Swift.Result<(Route, APICall), Violation>
  {
    guard let segments = request.segments, let items = request.queryItems, segments.count > 2,
      segments[0] == "stores", segments[1] == store.configuration.storeHash,
      !request.path.hasSuffix("/"), !request.path.contains("//")
    else { return .failure(Violation(status: 404, text: "no such path")) }
    let rest = Array(segments.dropFirst(2))
    // A name before an id: `carts/settings` is no cart.
    let matching = routes.filter { $0.match(rest) != nil }
    guard !matching.isEmpty else {
      return .failure(Violation(status: 404, text: "no such path"))
    }
    let fitting = matching.filter { $0.method == request.method }
    let route = fitting.min { $0.match(rest)?.count ?? 0 < $1.match(rest)?.count ?? 0 }
    guard let route, let path = route.match(rest) else {
      return .failure(Violation(status: 405, text: "no such method"))
    }
    var call = APICall(path: path)
    for item in items {
      guard call.query.updateValue(item.value, forKey: item.name) == nil else {
        return .failure(Violation(status: 400, text: "query: '\(item.name)' stands twice"))
      }
    }
    if let problem = headerProblem(request) { return .failure(problem) }
    if !request.body.isEmpty {
      let text = String(decoding: request.body, as: UTF8.self)
      guard let body = try? JSONParser.parse(text) else {
        return .failure(Violation(status: 400, text: "body: no JSON"))
      }
      call.body = body
    }
    if let problem = route.problem(of: call, hasBody: !request.body.isEmpty) {
      return .failure(Violation(status: 422, text: problem))
    }
    return .success((route, call))
  }

  private static func headerProblem(_ request: HTTPServerRequest) -> Violation? {
    // Without it, v2 answers XML.
    guard request[header: "Accept"]?.contains("application/json") == true else {
      return Violation(status: 406, text: "Accept: application/json is missing")
    }
    let type = request[header: "Content-Type"] ?? ""
    guard request.body.isEmpty || type.hasPrefix("application/json") else {
      return Violation(status: 415, text: "Content-Type is '\(type)'")
    }
    return nil
  }

  private static func respond(
    _ answer: APIAnswer, _ limits: [(name: String, value: String)], _ store: SimulatedStore
  ) -> HTTPServerResponse {
    let time = store.now + store.configuration.clockDrift
    var headers = limits + [("Date", SimulatedText.mail(time, zone: "GMT"))]
    guard let body = answer.body else {
      return HTTPServerResponse(answer.status, headers: headers)
    }
    headers.append(("Content-Type", "application/json"))
    return HTTPServerResponse(answer.status, headers: headers, body: body.bytes)
  }
}
