import CartSupport
import Glibc

/// Sends calls of hooks by plain sockets, one after the other.
final class HookSender {
  private let configuration: SimulatorConfiguration
  private var socket: Int32 = -1
  private var place: (host: String, port: UInt16)?

  init(_ configuration: SimulatorConfiguration) { self.configuration = configuration }

  deinit { disconnect() }

  /// - Parameter now: seconds, for the signature.
  /// - Returns: whether the answer was 2xx.
  func send(_ call: HookCall, now: Int64) -> Bool {
    var url = call.url
    for (from, to) in configuration.routes where url.hasPrefix(from) {
      url = to + url.dropFirst(from.count)
    }
    guard let target = Self.split(url) else { return false }
    var head = "POST \(target.path) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\n"
    head += "Content-Type: application/json\r\nContent-Length: \(call.body.count)\r\n"
    head += "User-Agent: BigCommerce Webhooks\r\n"
    for (name, value) in call.headers + signature(call, now) { head += "\(name): \(value)\r\n" }
    let bytes = Array((head + "\r\n").utf8) + call.body
    // A kept connection may have been closed meanwhile.
    let isKept = place.map { $0 == (target.host, target.port) } ?? false
    if isKept, let status = exchange(bytes) { return (200..<300).contains(status) }
    guard connect(target.host, target.port), let status = exchange(bytes) else { return false }
    return (200..<300).contains(status)
  }

  private static func split(_ url: String) -> (host: String, port: UInt16, path: String)? {
    guard url.hasPrefix("http://") else { return nil }
    let rest = url.dropFirst(7)
    let authority = rest.prefix { $0 != "/" }
    let parts = authority.split(separator: ":")
    guard let host = parts.first, let port = parts.count == 2 ? UInt16(parts[1]) : 80 else {
      return nil
    }
    let path = rest.dropFirst(authority.count)
    return (
      host == "localhost" ? "127.0.0.1" : String(host), port, path.isEmpty ? "/" : String(path)
    )
  }

  /// The headers of Standard Webhooks.
  private func signature(_ call: HookCall, _ now: Int64) -> [(name: String, value: String)] {
    guard let key = configuration.signingKey else { return [] }
    let id = "msg_\(call.id)"
    let text = Array("\(id).\(now).".utf8) + call.body
    return [
      ("webhook-id", id), ("webhook-timestamp", String(now)),
      ("webhook-signature", "v1," + Base64.text(MessageCode(key: key)(text))),
    ]
  }

  // MARK: Sockets

  private func disconnect() {
    if socket >= 0 { close(socket) }
    (socket, place) = (-1, nil)
  }

  private func connect(_ host: String, _ port: UInt16) -> Bool {
    disconnect()
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var time = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    var one: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      disconnect()
      return false
    }
    place = (host, port)
    return true
  }

  /// - Returns: the status; nil where the connection broke.
  private func exchange(_ bytes: [UInt8]) -> Int? {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return fail() }
      sent += count
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 8_192)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return fail() }
      answer += buffer[..<count]
      let text = String(decoding: answer, as: UTF8.self)
      guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
      let head = text[..<end.lowerBound].lowercased()
      let length = head.firstMatch(of: /content-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
      guard text[end.upperBound...].utf8.count >= length else { continue }
      if head.contains("connection: close") { disconnect() }
      return head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
  }

  private func fail() -> Int? {
    disconnect()
    return nil
  }
}
