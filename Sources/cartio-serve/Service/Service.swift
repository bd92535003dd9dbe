import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartSync
import Glibc
import HTTPServing

/// The service: takes webhooks, and keeps the shop as its store has it.
final class Service {
  private let connection: StoreConnection
  private let log: ServiceLog
  private let lease: LeaseHolder
  private var care: HookCare
  private var renewed = Timestamp(milliseconds: 0)

  init(_ connection: StoreConnection, _ log: ServiceLog) {
    (self.connection, self.log) = (connection, log)
    lease = LeaseHolder("serve", connection.inbox)
    care = HookCare(connection, log)
  }

  /// Runs until SIGTERM, SIGHUP or Ctrl-C.
  ///
  /// - Parameter started: told where it listens.
  /// - Throws: `failed` where another service works on the shop, or the address is taken.
  func run(_ address: ListenAddress, started: (String) throws -> Void) throws {
    StopSignal.watch()
    try takeLease()
    defer { try? lease.release() }
    try connection.loop.begin()
    let (server, writer) = try receiver(address)
    defer {
      // What was answered for is written, then what is under way is taken in.
      server.stop(within: 5_000)
      writer.stop()
      do { try connection.loop.stop() } catch { log.write(.error, "stop", "\(error)") }
      log.write(.info, "stopped")
    }
    let port = try listen(server)
    let place = "\(address.host):\(port)"
    log.write(.info, "started", "listening", [("address", place)])
    try started(place)
    while !StopSignal.isSet { step() }
  }

  /// What takes hooks, and what writes their hints.
  func receiver(_ address: ListenAddress) throws -> (HTTPServer, InboxWriter) {
    let writer = InboxWriter(
      try connection.home.openInbox(), now: connection.clock, written: connection.loop.nudge)
    return (try server(address, writer), writer)
  }

  private func listen(_ server: HTTPServer) throws -> Int {
    do throws(HTTPServerError) { return try server.start() } catch {
      throw ServiceError(.failed, "serve: cannot listen on \(error.reason)")
    }
  }

  /// One turn; what fails is logged, and the next turn goes on.
  private func step() {
    do {
      let now = connection.clock()
      if now.milliseconds(since: renewed) >= LeaseHolder.renewal { try takeLease() }
      try care.turn(at: now)
      try connection.loop.turn(wait: 100)
    } catch {
      log.write(.error, "turn_failed", ApplicationError(ofService: error).message)
      usleep(500_000)
    }
  }

  private func takeLease() throws {
    let now = connection.clock()
    guard try lease.renew(at: now) else {
      throw ServiceError(
        .failed,
        "serve: another service works on \(connection.home.databasePath): \(try lease.other(at: now))"
      )
    }
    renewed = now
    try connection.loop.noteAlive()
  }

  private func server(_ address: ListenAddress, _ writer: InboxWriter) throws -> HTTPServer {
    let now = connection.clock
    let figures = connection.loop.figures
    let status = ServiceStatus(
      try connection.home.openInbox(), figures, connection.quota, now: now)
    let beacon = BeaconRoute(
      writer, TrustedProxies(), RequestRate(perClient: 60, together: 200), figures, now: now)
    let routes = ServiceRoutes(
      hooks: HookRoute(writer, connection.file, figures, log, now: now), beacon: beacon,
      health: { status.health }, metrics: { status.metrics })
    var configuration = HTTPServerConfiguration(host: address.host, port: address.port)
    configuration.limits.body = 64 << 10
    return HTTPServer(configuration) { routes.answer($0, $1) }
  }
}
