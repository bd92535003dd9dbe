import CCurl

/// HTTP over one connection of libcurl that is kept open; for one thread at a time.
///
/// Certificates are verified, plain HTTP goes to this machine only, and a redirect is an answer like any
/// other: it is not followed. A request that may change something gets a connection of its own, as libcurl
/// sends again what an old connection lost, and would do it twice.
public final class CurlTransport: HTTPTransport {
  private let curl: UnsafeMutableRawPointer?
  /// The most bytes of an answer's body.
  private let limit: Int
  private let isStopped: @Sendable () -> Bool

  /// Initialises libcurl once for the process.
  private static let isReady = cc_global_init() == CURLE_OK

  /// - Parameters:
  ///   - limit: the most bytes of a body.
  ///   - isStopped: asked at least once a second; ends a request that waits.
  public init(limit: Int = 16 << 20, isStopped: @escaping @Sendable () -> Bool = { false }) {
    curl = Self.isReady ? curl_easy_init() : nil
    (self.limit, self.isStopped) = (limit, isStopped)
  }

  deinit { if let curl { curl_easy_cleanup(curl) } }

  /// - Throws: `HTTPError`; an answer of any status is no error.
  public func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    guard let curl else { throw HTTPError(.unreachable, "libcurl does not start") }
    let address = try HTTPAddress(request.url)
    try check(request)
    var list: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(list) }
    for line in headerLines(request) { list = curl_slist_append(list, line) }
    let answer = CurlAnswer(limit: limit, isStopped)
    var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE) + 1)
    let body = request.body ?? []
    let code = reason.withUnsafeMutableBytes { reason in
      body.withUnsafeBytes { body in
        curl_easy_reset(curl)
        set(request, address, list, curl)
        set(body: body, request, curl)
        answer.receive(from: curl)
        _ = cc_set_pointer(curl, CURLOPT_ERRORBUFFER, reason.baseAddress)
        return curl_easy_perform(curl)
      }
    }
    guard code == CURLE_OK else {
      let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: words, as: UTF8.self)
      throw error(
        code, text.isEmpty ? String(cString: curl_easy_strerror(code)) : text, answer, address, curl
      )
    }
    return HTTPResponse(cc_status(curl), headers: answer.headers, body: answer.body)
  }

  /// - Throws: `address` where a method or header would be read as something else.
  private func check(_ request: HTTPRequest) throws(HTTPError) {
    func isToken(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
    guard isToken(request.method) else { throw HTTPError(.address, "not a method of HTTP") }
    for (name, value) in request.headers {
      guard isToken(name), !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f })
      else {
        throw HTTPError(.address, "a header holds a character that cannot be sent")
      }
    }
  }

  private func headerLines(_ request: HTTPRequest) -> [String] {
    // A name with `;` sends an empty header; with `:` alone libcurl sends none.
    var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    let names = Set(request.headers.map { $0.name.lowercased() })
    // libcurl's own would name a form, and wait a second for servers that ignore it.
    for name in ["Expect", "Content-Type", "Accept"] where !names.contains(name.lowercased()) {
      lines.append("\(name):")
    }
    return lines
  }

  private func set(
    _ request: HTTPRequest, _ address: HTTPAddress, _ list: UnsafeMutablePointer<curl_slist>?,
    _ curl: UnsafeMutableRawPointer
  ) {
    _ = cc_set_text(curl, CURLOPT_URL, request.url)
    _ = cc_set_protocol(curl, address.isPlain ? 1 : 0)
    // A proxy of the environment would read what is sent in plain.
    if address.isPlain { _ = cc_set_text(curl, CURLOPT_PROXY, "") }
    _ = cc_set_list(curl, CURLOPT_HTTPHEADER, list)
    _ = cc_set_text(curl, CURLOPT_ACCEPT_ENCODING, "")
    let deadline = max(request.deadline, 1)
    _ = cc_set_long(curl, CURLOPT_TIMEOUT_MS, deadline)
    _ = cc_set_long(curl, CURLOPT_CONNECTTIMEOUT_MS, min(deadline, 5000))
    for (option, value) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
      (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_TCP_KEEPALIVE, 1), (CURLOPT_NOPROGRESS, 0),
      (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
    ] {
      _ = cc_set_long(curl, option, value)
    }
    let isReading = ["GET", "HEAD", "OPTIONS"].contains(request.method)
    _ = cc_set_long(curl, CURLOPT_FRESH_CONNECT, isReading ? 0 : 1)
  }

  /// The body is not copied: it must stay until the request is done.
  private func set(
    body: UnsafeRawBufferPointer, _ request: HTTPRequest, _ curl: UnsafeMutableRawPointer
  ) {
    let needsBody = ["POST", "PUT", "PATCH"].contains(request.method)
    if request.method == "HEAD" {
      _ = cc_set_long(curl, CURLOPT_NOBODY, 1)
    } else if request.body != nil || needsBody {
      _ = cc_set_size(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      if let start = body.baseAddress, !body.isEmpty {
        _ = cc_set_pointer(
          curl, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: start))
      } else {
        _ = cc_set_text(curl, CURLOPT_COPYPOSTFIELDS, "")
      }
    } else {
      _ = cc_set_long(curl, CURLOPT_HTTPGET, 1)
    }
    _ = cc_set_text(curl, CURLOPT_CUSTOMREQUEST, request.method)
  }

  private func error(
    _ code: CURLcode, _ words: String, _ answer: CurlAnswer, _ address: HTTPAddress,
    _ curl: UnsafeMutableRawPointer
  ) -> HTTPError {
    let text = "\(address.host): \(words)"
    if answer.isTooLarge || code == CURLE_FILESIZE_EXCEEDED {
      return HTTPError(.tooLarge, "\(address.host): the answer has more than \(limit) bytes")
    }
    if [CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT].contains(code) {
      return HTTPError(.address, text)
    }
    // Of all others, only what never came to the sending.
    return HTTPError(cc_pretransfer_time(curl) == 0 ? .unreachable : .lost, text)
  }
}
