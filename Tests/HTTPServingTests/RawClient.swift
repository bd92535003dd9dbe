import Glibc

/// A socket to a server on this machine, for what no client library would send.
final class RawClient {
  private let socket: Int32

  init(_ port: Int) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  deinit { close(socket) }

  /// - Returns: false where the server has closed.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Says that no more follows.
  func endOutput() { shutdown(socket, Int32(SHUT_WR)) }

  /// All until the server closes, or does not answer for 10 s.
  func readAll() -> String {
    var all: [UInt8] = []
    while let more = read() { all += more }
    return String(decoding: all, as: UTF8.self)
  }

  /// Reads until a text is there as often as told.
  func read(until text: String, times: Int = 1) -> String {
    var all: [UInt8] = []
    while let more = read() {
      all += more
      let found = String(decoding: all, as: UTF8.self)
      if found.ranges(of: text).count >= times { return found }
    }
    return String(decoding: all, as: UTF8.self)
  }

  private func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }
}

extension String {
  /// The status of the first answer in it.
  var status: Int? { split(separator: " ").dropFirst().first.flatMap { Int($0) } }

  var statuses: [Int] {
    matches(of: /HTTP\/1\.1 (\d+)/).compactMap { Int($0.1) }
  }
}
