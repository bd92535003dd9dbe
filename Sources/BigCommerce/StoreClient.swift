import CartEngine
import CartModel
import CartSupport
import HTTPClient
import Synchronization

/// Asks a store's API: never more than three requests at once, never more than our share of its quota.
///
/// It never waits for a quota: it throws when and how long to wait. Any thread may use it.
public final class StoreClient: Sendable {
  public let access: StoreAccess
  public let quota: Quota
  private let pool: TransportPool
  let now: @Sendable () -> Timestamp
  /// Answers of 500 and above in a row.
  private let setbacks = Mutex(0)

  /// Requests that the store answers at once.
  public static let most = 3

  /// - Parameters:
  ///   - now: the clock of this machine.
  ///   - transport: makes a connection; each is used by one thread at a time.
  public init(
    _ access: StoreAccess, _ quota: Quota, now: @escaping @Sendable () -> Timestamp,
    transport: () -> any HTTPTransport = { CurlTransport() }
  ) {
    (self.access, self.quota, self.now) = (access, quota, now)
    pool = TransportPool(Self.most, transport)
  }

  /// Makes a request.
  ///
  /// - Returns: what was done, or a refusal by a status of 400 to 499 that says something of the request:
  ///   the caller decides what it means.
  /// - Throws: `throttled`, `unavailable`, `closed`, `unauthorized` or `garbled`.
  func send(_ call: StoreCall) throws(StorefrontError) -> StoreReply {
    let response = try exchange(call)
    try check(response, call)
    return StoreReply(status: response.status, json: try json(response, call))
  }

  /// The store's answer, whatever its status.
  ///
  /// - Throws: `throttled` where our share is used up; `unavailable` without an answer.
  func exchange(_ call: StoreCall) throws(StorefrontError) -> HTTPResponse {
    let response: HTTPResponse
    do throws(StoreCallFailure) {
      response = try pool.use { transport throws(StoreCallFailure) in
        try attempt(call, transport)
      }
    } catch {
      switch error {
      case .refused(let error): throw error
      case .unanswered(let error): throw StorefrontError(error, call)
      }
    }
    quota.note(call.family, response, at: now())
    setbacks.withLock { $0 = response.status >= 500 ? min($0 + 1, 10) : 0 }
    return response
  }

  /// The answer's JSON where the store did what was asked.
  ///
  /// - Throws: also `notFound`; `unsupported` for another refusal, with the store's words.
  func get(_ call: StoreCall) throws(StorefrontError) -> StoreReply {
    let reply = try send(call)
    if reply.isDone { return reply }
    throw StorefrontError(
      reply.status == 404 ? .notFound : .unsupported,
      "\(call.method) \(call.path): \(StoreWords.title(reply))")
  }

  private func attempt(_ call: StoreCall, _ transport: any HTTPTransport)
    throws(StoreCallFailure) -> HTTPResponse
  {
    // Behind the wait for a connection, which may take its time.
    do throws(StorefrontError) {
      try quota.admit(call.family, isFirst: call.isAboutCarts, at: now())
    } catch { throw .refused(error) }
    do throws(HTTPError) { return try transport.send(call.request(access)) } catch {
      throw .unanswered(error)
    }
  }

  /// - Throws: for a status that says something of the store and not of the request.
  func check(_ response: HTTPResponse, _ call: StoreCall) throws(StorefrontError) {
    switch response.status {
    case 401:
      throw StorefrontError(
        .unauthorized,
        "store \(access.hash) does not accept the token: make a new API account and connect again")
    case 403:
      let scope = StoreScope(of: call)
      throw StorefrontError(
        .unauthorized,
        "store \(access.hash) does not let the token use \(call.family)"
          + (scope.map { ": add the scope '\($0.label)' (\($0.rawValue))" } ?? ""))
    case 429:
      throw StorefrontError(
        .throttled, "store \(access.hash) asks for patience",
        retry: quota.wait(call.family, at: now()))
    case 503:
      throw StorefrontError(
        .closed, "store \(access.hash) is closed: for maintenance, or suspended",
        retry: patience(most: 300_000))
    case 500...599:
      throw StorefrontError(
        .unavailable, "store \(access.hash) answered \(response.status) to \(call.family)",
        retry: patience(most: 60_000))
    case 300...399:
      throw StorefrontError(
        .garbled, "store \(access.hash) answered \(response.status), a redirect; check the API base"
      )
    default: return
    }
  }

  /// A single failure may be a hiccup of something before the store; a store that is down is asked less and
  /// less often.
  private func patience(most: Int64) -> Span {
    let count = setbacks.withLock { $0 }
    return Span(milliseconds: min(2_500 << Int64(max(count, 1)), most))
  }

  private func json(_ response: HTTPResponse, _ call: StoreCall) throws(StorefrontError)
    -> JSONValue
  {
    let isEmpty = response.body.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    if response.status == 204 || isEmpty { return .null }
    do throws(SupportError) { return try StoreWords.json(response.body) } catch {
      // A refusal may come from something before the store, which speaks HTML.
      if !(200..<300).contains(response.status) { return .null }
      throw StorefrontError(
        .garbled, "store \(access.hash): the answer to \(call.family) is \(error.message)",
        retry: Span(milliseconds: 60_000))
    }
  }
}

/// Why a request has no answer.
enum StoreCallFailure: Error {
  /// It was not sent.
  case refused(StorefrontError)
  case unanswered(HTTPError)
}

extension StorefrontError {
  fileprivate init(_ error: HTTPError, _ call: StoreCall) {
    switch error.code {
    case .address: self.init(.unsupported, error.message)
    case .tooLarge: self.init(.garbled, "\(call.family): \(error.message)")
    case .unreachable, .lost:
      self.init(
        .unavailable, "no answer from the store: \(error.message)",
        retry: Span(milliseconds: 5_000))
    }
  }
}

/// What an answer says, in words that can be shown.
enum StoreWords {
  static func json(_ bytes: [UInt8]) throws(SupportError) -> JSONValue {
    var result = Result<JSONValue, SupportError>.success(.null)
    bytes.withUnsafeBytes { buffer in
      do throws(SupportError) { result = .success(try JSONParser.parse(buffer)) } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// Why the store refused: `404 Not Found`, or its own title.
  static func title(_ reply: StoreReply) -> String {
    // Errors of v2 are a list of `status` and `message`.
    var words = reply.json.text("title")
    if words.isEmpty, case .array(let items) = reply.json, let first = items.first {
      words = first.text("message")
    }
    return words.isEmpty
      ? "answered \(reply.status)" : "\(reply.status) \(quoted(words, limit: 200))"
  }
}
