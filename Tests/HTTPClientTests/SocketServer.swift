import Glibc
import Synchronization

/// A server of a test: gives each request to a closure and writes what that returns, byte for byte.
final class SocketServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let seen = Mutex<[Request]>([])

  struct Request: Sendable {
    /// Counts connections from 1.
    var connection: Int
    var head: String
    var body: [UInt8]

    var line: String { String(head.prefix { $0 != "\r\n" }) }

    func header(_ name: String) -> String? {
      for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name + ":") {
        return String(line.dropFirst(name.count + 1).drop { $0 == " " })
      }
      return nil
    }
  }

  /// - Parameter answer: nil closes the connection without a word.
  init(_ answer: @escaping @Sendable (Request) -> String?) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let own = listener
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(own, $0, size)
        listen(own, 16)
        getsockname(own, $0, &size)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    Self.start { [weak self] in
      var count = 0
      while true {
        let connection = accept(own, nil, nil)
        guard connection >= 0 else { return }
        count += 1
        let number = count
        Self.start { [weak self] in
          while let request = Self.read(connection, number) {
            self?.seen.withLock { $0.append(request) }
            guard let text = answer(request) else { break }
            let bytes = Array(text.utf8)
            if send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) < 0 { break }
          }
          close(connection)
        }
      }
    }
  }

  /// A thread of its own: those of a queue are few, and other tests block them.
  private static func start(_ body: @escaping @Sendable () -> Void) {
    final class Work {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    pthread_detach(thread)
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { seen.withLock { $0 } }

  private static func read(_ connection: Int32, _ number: Int) -> Request? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end: [UInt8] = [13, 10, 13, 10]
    func more() -> Bool {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count > 0 { bytes += buffer[..<count] }
      return count > 0
    }
    while true {
      if let place = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) {
        var request = Request(
          connection: number, head: String(decoding: bytes[..<place], as: UTF8.self), body: [])
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        while bytes.count < place + 4 + length { if !more() { return nil } }
        request.body = Array(bytes[(place + 4)...].prefix(length))
        return request
      }
      if !more() { return nil }
    }
  }
}
