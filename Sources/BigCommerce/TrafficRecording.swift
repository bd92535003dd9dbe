import CartSupport
import HTTPClient
import Synchronization

/// Writes what is asked and answered, without persons and secrets, so that what only a real store knows can
/// be learnt from a recording.
public final class TrafficRecording: Sendable {
  private let scrubber = TrafficScrubber()
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line of JSON at a time; from any thread.
  public init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

  /// A connection whose traffic is recorded.
  public func transport(_ inner: any HTTPTransport) -> any HTTPTransport {
    Recorder(recording: self, inner: inner)
  }

  private final class Recorder: HTTPTransport {
    let recording: TrafficRecording
    let inner: any HTTPTransport

    init(recording: TrafficRecording, inner: any HTTPTransport) {
      (self.recording, self.inner) = (recording, inner)
    }

    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
      do throws(HTTPError) {
        let response = try inner.send(request)
        recording.note(request, response)
        return response
      } catch {
        recording.note(request, error)
        throw error
      }
    }
  }

  /// Headers that say how a store answers; all others are left out.
  private static let headers = ["content-type", "retry-after", "x-retry-after"]

  private func note(_ request: HTTPRequest, _ response: HTTPResponse) {
    line(request) { writer in
      writer.number("status", Int64(response.status))
      writer.object("headers") { writer in
        for (name, value) in response.headers {
          let name = name.lowercased()
          if name.hasPrefix("x-rate-limit-") || Self.headers.contains(name) {
            writer.string(name, value)
          }
        }
      }
      body("response", response.body, &writer)
    }
  }

  private func note(_ request: HTTPRequest, _ error: HTTPError) {
    line(request) { $0.string("failure", "\(error.code)") }
  }

  private func line(_ request: HTTPRequest, _ rest: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object { writer in
      writer.string("method", request.method)
      writer.string("path", scrubber.scrubbed(url: request.url))
      if let bytes = request.body { body("request", bytes, &writer) }
      rest(&writer)
    }
    write(writer.text)
  }

  private func body(_ key: String, _ bytes: [UInt8], _ writer: inout JSONWriter) {
    guard !bytes.isEmpty else { return }
    if let json = try? StoreWords.json(bytes) {
      writer.value(key, scrubber.scrubbed(json))
    } else {
      // Of what is no JSON only how long it was: a page may greet a person.
      writer.number(key + "_bytes", Int64(bytes.count))
    }
  }
}

/// Answers from a recording: each request with what was answered to it, in that order; the last answer
/// again where there are no more.
public final class TrafficReplay: Sendable {
  private let answers: Mutex<[String: [Answer]]>

  private enum Answer {
    case response(HTTPResponse)
    case failure
  }

  /// - Parameter text: lines of JSON, as a recording wrote them.
  /// - Throws: `malformed`, naming the line.
  public init(_ text: String) throws(SupportError) {
    var answers: [String: [Answer]] = [:]
    for (number, line) in text.split(separator: "\n").enumerated() {
      do throws(SupportError) {
        let json = try JSONParser.parse(String(line))
        let key = json.text("method") + " " + json.text("path", limit: 10_000)
        answers[key, default: []].append(Self.answer(json))
      } catch { throw SupportError(.malformed, in: "line \(number + 1)", error) }
    }
    self.answers = Mutex(answers)
  }

  private static func answer(_ json: JSONValue) -> Answer {
    guard let status = json.whole("status").flatMap({ Int(exactly: $0) }) else { return .failure }
    var headers: [(name: String, value: String)] = []
    if case .object(let members)? = json["headers"] {
      headers = members.map { ($0.key, $0.value.scalar ?? "") }
    }
    var body: [UInt8] = []
    if let value = json["response"] {
      var writer = JSONWriter()
      writer.value(nil, value)
      body = writer.bytes
    } else if json["response_bytes"] != nil {
      body = Array("<html></html>".utf8)
    }
    return .response(HTTPResponse(status, headers: headers, body: body))
  }

  /// A connection that answers from the recording; what was never asked is not found.
  public func transport() -> any HTTPTransport { Player(replay: self) }

  private final class Player: HTTPTransport {
    let replay: TrafficReplay
    init(replay: TrafficReplay) { self.replay = replay }

    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
      let path =
        request.url.ranges(of: "/stores/").first.map { request.url[$0.upperBound...] } ?? ""
      let key = "\(request.method) \(path.drop { $0 != "/" }.dropFirst())"
      let answer = replay.answers.withLock { answers -> Answer? in
        guard let list = answers[key], let first = list.first else { return nil }
        if list.count > 1 { answers[key]?.removeFirst() }
        return first
      }
      switch answer {
      case .response(let response): return response
      case .failure: throw HTTPError(.lost, "as it was recorded")
      case nil: return HTTPResponse(404)
      }
    }
  }
}
