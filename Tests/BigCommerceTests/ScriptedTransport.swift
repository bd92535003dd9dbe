import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization
import Testing

@testable import BigCommerce

/// A store that answers by a closure of the test and keeps what it was asked.
final class ScriptedServer: Sendable {
  typealias Answer = @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

  private let answer: Answer
  private let asked = Mutex<[HTTPRequest]>([])
  private let clock: Mutex<Timestamp>

  static let start = Timestamp(milliseconds: 1_764_547_200_000)

  init(_ answer: @escaping Answer) {
    self.answer = answer
    clock = Mutex(Self.start)
  }

  /// Answers by the path behind the store's hash, without the query; anything else is not found.
  convenience init(_ bodies: [String: String]) {
    self.init { request in
      bodies[Self.path(request)].map { Self.ok($0) }
        ?? HTTPResponse(404, body: Array(#"{"status":404,"title":"Not found"}"#.utf8))
    }
  }

  static func ok(_ body: String, _ status: Int = 200, left: Int? = nil) -> HTTPResponse {
    var headers: [(name: String, value: String)] = []
    if let left {
      headers = [
        ("x-rate-limit-requests-quota", "150"), ("x-rate-limit-requests-left", String(left)),
        ("x-rate-limit-time-window-ms", "30000"), ("x-rate-limit-time-reset-ms", "12000"),
      ]
    }
    return HTTPResponse(status, headers: headers, body: Array(body.utf8))
  }

  static func path(_ request: HTTPRequest) -> String {
    let rest = request.url.drop { $0 != "?" }
    let whole = request.url.dropLast(rest.count)
    return String(whole.split(separator: "/").dropFirst(4).joined(separator: "/"))
  }

  var now: Timestamp { clock.withLock { $0 } }
  func advance(_ milliseconds: Int64) {
    clock.withLock { $0 = $0.advanced(by: milliseconds) }
  }

  /// The requests: `GET v3/checkouts/ID?include=…`.
  var requests: [String] {
    asked.withLock { $0 }.map { request in
      let query = request.url.drop { $0 != "?" }
      return "\(request.method) \(Self.path(request))\(query)"
    }
  }

  var last: HTTPRequest? { asked.withLock { $0.last } }

  private final class Transport: HTTPTransport {
    let server: ScriptedServer
    init(_ server: ScriptedServer) { self.server = server }

    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
      server.asked.withLock { $0.append(request) }
      return try server.answer(request)
    }
  }

  func client(share: Int = 100, _ storage: (any QuotaStorage)? = nil) throws -> StoreClient {
    StoreClient(
      try StoreAccess(hash: "abc123", token: "t0ken"), try Quota(share: share, storage),
      now: { self.now }, transport: { Transport(self) })
  }
}

/// An id of a cart that says which one it is.
func cartID(_ number: Int) -> String {
  let digits = String(number)
  return "76f1bfe4-dbbe-4018-8ee6-" + String(repeating: "0", count: 12 - digits.count) + digits
}

func decimal(_ text: String) throws -> UnitPrice { try UnitPrice(text) }

/// What a call throws.
func storeError(_ body: () throws -> Void) -> StorefrontError? {
  do { try body() } catch let error as StorefrontError { return error } catch { return nil }
  return nil
}
