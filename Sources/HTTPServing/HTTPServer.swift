import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP/1.1 server without TLS.
///
/// The handler is called on the server's thread and must not block it: what takes time is done on
/// another thread, which answers by the responder.
public final class HTTPServer: Sendable {
  public typealias Handler = @Sendable (HTTPServerRequest, HTTPResponder) -> Void

  private let configuration: HTTPServerConfiguration
  private let handler: Handler
  private let registry: ConnectionRegistry
  private let running = Mutex<(group: MultiThreadedEventLoopGroup, channel: any Channel)?>(nil)

  public init(_ configuration: HTTPServerConfiguration, handler: @escaping Handler) {
    (self.configuration, self.handler) = (configuration, handler)
    registry = ConnectionRegistry(limit: configuration.limits.connections)
  }

  deinit { stop(within: 0) }

  /// Begins to listen; a server starts once.
  ///
  /// - Returns: the port.
  @discardableResult
  public func start() throws(HTTPServerError) -> Int {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let channel = try bootstrap(group).bind(host: configuration.host, port: configuration.port)
        .wait()
      running.withLock { $0 = (group, channel) }
      return channel.localAddress?.port ?? configuration.port
    } catch {
      try? group.syncShutdownGracefully()
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw HTTPServerError("\(configuration.host):\(configuration.port): \(reason)")
    }
  }

  /// How many connections are open.
  public var connections: Int { registry.count }

  /// Takes no more connections and requests, lets those end that were taken, and closes.
  ///
  /// Blocks; not to be called by the handler.
  /// - Parameter milliseconds: after so many, what is left is closed without an answer.
  /// - Returns: whether all requests that were taken were answered.
  @discardableResult
  public func stop(within milliseconds: Int = 5_000) -> Bool {
    let taken = running.withLock { running in
      defer { running = nil }
      return running
    }
    guard let taken else { return true }
    try? taken.channel.close().wait()
    let isDone = registry.drain(within: milliseconds)
    if !isDone { registry.closeAll() }
    registry.shut()
    try? taken.group.syncShutdownGracefully()
    return isDone
  }

  private func bootstrap(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [configuration, handler, registry] channel in
        channel.eventLoop.makeCompletedFuture {
          let connection = Connection(configuration, registry, handler)
          let id = ObjectIdentifier(connection)
          guard registry.add(connection, channel) else {
            return channel.close(promise: nil)
          }
          channel.closeFuture.whenComplete { _ in registry.remove(id) }
          try channel.pipeline.syncOperations.addHandlers([
            HeadLimiter(configuration.limits.head, connection), HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
            NIOHTTPResponseHeadersValidator(), connection,
          ])
        }
      }
  }
}
