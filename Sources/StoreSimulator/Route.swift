import CartSupport

/// A request that the store understands.
struct APICall: Sendable {
  /// Parts of the path by their names.
  var path: [String: String] = [:]
  var query: [String: String] = [:]
  var body = JSONValue.null

  subscript(_ name: String) -> String { path[name] ?? "" }
  var includes: Set<String> {
    Set((query["include"] ?? "").split(separator: ",").map(String.init))
  }
  var page: Int { max(1, Int(query["page"] ?? "") ?? 1) }

  func limit(_ usual: Int = 50) -> Int {
    min(250, max(1, query["limit"].flatMap { Int($0) } ?? usual))
  }
}

struct APIAnswer: Sendable {
  var status: Int
  /// Nil without a body.
  var body: JSONValue?

  static func data(_ data: JSONValue, status: Int = 200) -> APIAnswer {
    APIAnswer(status: status, body: .record(["data": data, "meta": .object([])]))
  }

  static func bare(_ body: JSONValue) -> APIAnswer { APIAnswer(status: 200, body: body) }
  static let empty = APIAnswer(status: 204)

  /// An error as v3 words it.
  static func error(_ status: Int, _ title: String, errors: [(String, String)] = []) -> APIAnswer {
    let body = JSONValue.record([
      "status": .int(status), "title": .string(title),
      "type": .string(
        "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"),
    ])
    guard !errors.isEmpty else { return APIAnswer(status: status, body: body) }
    let members = errors.map { JSONValue.Member($0.0, .string($0.1)) }
    return APIAnswer(status: status, body: body.adding(["errors": .object(members)]))
  }

  /// An error as v2 words it.
  static func oldError(_ status: Int, _ message: String) -> APIAnswer {
    let item = JSONValue.record(["status": .int(status), "message": .string(message)])
    return APIAnswer(status: status, body: .array([item]))
  }

  /// A page of a list, with what v3 says about pages.
  static func page(_ items: [JSONValue], _ call: APICall, limit usual: Int = 50) -> APIAnswer {
    let limit = call.limit(usual)
    let pages = max(1, (items.count + limit - 1) / limit)
    let shown = Array(items.dropFirst((call.page - 1) * limit).prefix(limit))
    let pagination = JSONValue.record([
      "total": .int(items.count), "count": .int(shown.count), "per_page": .int(limit),
      "current_page": .int(call.page), "total_pages": .int(pages), "links": .object([]),
    ])
    return APIAnswer(
      status: 200,
      body: .record(["data": .array(shown), "meta": .record(["pagination": pagination])]))
  }
}

/// An operation of the specification, with all that a request for it may have.
struct Route: Sendable {
  typealias Handler = @Sendable (inout SimulatedStore, APICall) -> APIAnswer

  let method: String
  /// `v3/carts/{cart}`; names of ids that must be UUIDs end in `cart` or `item`.
  let pattern: [Substring]
  /// The scope of the token; nil where none is needed. Reading also takes its `_read_only`.
  let scope: String?
  var query: [String: Shape] = [:]
  /// Nil where no body is taken.
  var body: Shape?
  var needsBody = false
  let handler: Handler

  init(
    _ method: String, _ pattern: String, scope: String?, query: [String: Shape] = [:],
    body: Shape? = nil, needsBody: Bool = false, _ handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern.split(separator: "/")
    (self.scope, self.query, self.body) = (scope, query, body)
    (self.needsBody, self.handler) = (needsBody, handler)
  }

  var name: String { "\(method) \(pattern.joined(separator: "/"))" }

  /// The named parts of a path; nil where it is another route's.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == pattern.count else { return nil }
    var found: [String: String] = [:]
    for (part, segment) in zip(pattern, segments) {
      if part.hasPrefix("{") {
        found[String(part.dropFirst().dropLast())] = segment
      } else if part != segment {
        return nil
      }
    }
    return found
  }

  func permits(_ scopes: Set<String>) -> Bool {
    guard let scope else { return true }
    if scopes.contains(scope) { return true }
    return method == "GET" && scopes.contains(scope + "_read_only")
  }

  /// What of a request the specification does not allow.
  func problem(of call: APICall, hasBody: Bool) -> String? {
    for (name, text) in call.path where ["cart", "item"].contains(name) && !text.isUUID {
      return "path: '\(text)' is no UUID"
    }
    for (name, text) in call.query {
      guard let shape = query[name] else { return "query: '\(name)' is not known" }
      if let problem = shape.problem(ofText: text) { return "query: \(name): \(problem)" }
    }
    guard hasBody else { return needsBody ? "body: missing" : nil }
    guard let body else { return "body: none is taken" }
    return body.problem(of: call.body)
  }
}

extension String {
  var isUUID: Bool {
    let parts = split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12] && allSatisfy { $0 == "-" || $0.isHexDigit }
  }
}
