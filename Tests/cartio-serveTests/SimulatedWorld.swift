import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartSync
import CartTesting
import HTTPServing
import ProgramTesting
import StoreSimulator
import Synchronization

@testable import cartio_serve

/// A clock that any thread reads, and a test moves.
final class SharedClock: Sendable {
  private let time: Mutex<Timestamp>
  init(_ start: Timestamp) { time = Mutex(start) }
  var now: Timestamp { time.withLock { $0 } }
  func advance(_ milliseconds: Int64) {
    time.withLock { $0 = $0.advanced(by: milliseconds) }
  }
}

/// A home that is connected to a simulated store: real HTTP in both directions, and a clock of the test.
final class SimulatedWorld {
  let folder = TemporaryFolder()
  let clock = SharedClock(TestShop.start)
  let simulator: StoreSimulator
  let home: Home
  private(set) var connection: StoreConnection
  private var server: HTTPServer?
  private var writer: InboxWriter?
  private let options: SyncOptions
  let log = Mutex<[String]>([])

  init(
    seed: UInt64, _ change: (inout SimulatorConfiguration) -> Void = { _ in },
    options: SyncOptions = SimulatedWorld.inline
  ) throws {
    var configuration = SimulatorConfiguration(seed: seed)
    configuration.quota = 1_000_000
    change(&configuration)
    let clock = clock
    simulator = StoreSimulator(configuration) { clock.now.milliseconds }
    try simulator.start()
    folder.write(
      "store.lua",
      """
      return { name = "Simulated", currency = "EUR", store = { quota = "100" } }
      """)
    home = try Home(SQLiteStorageFactory(), home: folder.path, staff: "anna")
    var file = try ConnectionFile(home.connectionPath) { _ in nil }
    file[.storeHash] = configuration.storeHash
    file[.token] = configuration.token
    file[.apiBase] = simulator.address
    file[.hookSecret] = "h00k"
    self.options = options
    let port = try FreePort.find()
    file[.publicURL] = "http://127.0.0.1:\(port)"
    try file.save()
    connection = try Self.open(home, options, clock) { _ in }
    try listen(port)
    let address = try home.connection().hookAddress ?? ""
    _ = try StoreHooks(connection.client).register(address, secret: "h00k")
    try connection.loop.begin()
  }

  deinit {
    simulator.stop()
    server?.stop(within: 1_000)
    writer?.stop()
  }

  /// The loop asks by itself, so that a test knows when it is done.
  static var inline: SyncOptions {
    var options = SyncOptions()
    options.workers = 0
    return options
  }

  private static func open(
    _ home: Home, _ options: SyncOptions, _ clock: SharedClock, _ log: @escaping (String) -> Void
  ) throws -> StoreConnection {
    try StoreConnection(home, options: options, clock: { clock.now }, log: log)
  }

  private func listen(_ port: Int) throws {
    let service = Service(connection, ServiceLog(now: { [clock] in clock.now }) { _ in })
    let (server, writer) = try service.receiver(ListenAddress(host: "127.0.0.1", port: port))
    try server.start()
    (self.server, self.writer) = (server, writer)
  }

  /// Forgets all that only a process knows, as one that is killed and started again.
  func restart() throws {
    connection.close()
    connection = try Self.open(home, options, clock) { _ in }
    try connection.loop.begin()
  }

  /// Turns until nothing is due.
  func settle(_ most: Int = 10_000) throws {
    for _ in 0..<most { guard try connection.loop.turn(wait: 0) else { return } }
  }

  /// Faults end, all hooks arrive, and time passes until nothing is to be asked.
  func quiet() throws {
    simulator.faults = SimulatorConfiguration.Faults()
    for _ in 0..<6 {
      while simulator.deliver(all: true) > 0 {}
      clock.advance(60_000)
      try settle()
    }
    // What lost hooks did not say is found by the sweep.
    try connection.loop.reread()
    for _ in 0..<60_000 {
      clock.advance(30_000)
      try settle()
      guard try connection.inbox.value("sweep.reread") != "" else { break }
    }
    for _ in 0..<10 {
      clock.advance(60_000)
      try settle()
    }
  }

  func cart(_ id: String) throws -> Cart? {
    let store = connection.application.shop.store
    guard let key = try store.key(named: id) else { return nil }
    return try store.cart(key)
  }
}
