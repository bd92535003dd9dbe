import CartApplication
import CartModel
import CartSupport
import Dispatch
import Glibc
import HTTPServing
import StoreSimulator
import Synchronization

/// A simulated store whose shoppers act, with the service beside it, in a home of its own.
struct LivePractice {
  private let home: Home
  private let seed: UInt64
  /// What happened before it begins.
  private let acts: Int
  /// Acts a minute.
  private let pace: Int

  init(_ home: Home, seed: UInt64, acts: Int, pace: Int) {
    (self.home, self.seed, self.acts, self.pace) = (home, seed, acts, pace)
  }

  func run() throws {
    try checkAlone()
    try clear()
    var configuration = SimulatorConfiguration(seed: seed)
    // Nobody else uses this store.
    configuration.quota = 30_000
    let simulator = StoreSimulator(configuration) { Home.clock().milliseconds }
    for _ in 0..<acts { simulator.act() }
    do throws(HTTPServerError) { try simulator.start() } catch {
      throw ServiceError(.failed, "practice: \(error.reason)")
    }
    defer { simulator.stop() }
    let address = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    var setup = try StoreSetup(home, try connection(simulator, configuration, address))
    try setup.run(saysNext: false)
    let shoppers = Shoppers(simulator, every: 60_000 / pace)
    defer { shoppers.stop() }
    let log = ServiceLog(now: { Home.clock() }) { _ in }
    let connection = try StoreConnection(home) { Terminal.say($0) }
    defer { connection.close() }
    try Service(connection, log).run(address) { _ in
      simulator.startDelivery()
      shoppers.start()
      Terminal.print("")
      Terminal.print("Shoppers act now. In another terminal:")
      Terminal.print("  cartio --home \(home.folder)")
      Terminal.print("  .watch 1 .carts")
      Terminal.print("Ctrl-C ends the store and the service.")
    }
  }

  /// A second one would take the files of the first away.
  private func checkAlone() throws {
    guard Files.exists(home.inboxPath) else { return }
    let inbox = try home.openInbox()
    defer { inbox.close() }
    let lease = LeaseHolder("practice", inbox)
    guard try lease.renew(at: Home.clock()) else {
      throw ServiceError(
        .failed,
        "practice: a store runs in \(home.folder) already (\(try lease.other(at: Home.clock()))); "
          + "end it with Ctrl-C, or name another home: --home DIR")
    }
    try lease.release()
  }

  /// Each time a new store: the carts of the last one are not its.
  private func clear() throws {
    let isOurs =
      !Files.exists(home.databasePath) || Files.exists(home.folder + "/" + Self.mark)
    guard isOurs else {
      throw ServiceError(
        .failed,
        "practice: \(home.databasePath) is not of a live practice; name another home: --home DIR")
    }
    for path in [home.databasePath, home.inboxPath] {
      for end in ["", "-wal", "-shm"] { Files.remove(path + end) }
    }
    for path in [home.connectionPath, home.settingsPath] { Files.remove(path) }
    try Files.makeFolder(home.folder)
    let mark = try OutputFile(home.folder + "/" + Self.mark)
    try mark.write("The files here are of 'cartio practice --live', which makes them anew.\n")
    try mark.commit()
  }

  private static let mark = "LIVE-PRACTICE"

  private func connection(
    _ simulator: StoreSimulator, _ configuration: SimulatorConfiguration, _ address: ListenAddress
  ) throws -> ConnectionFile {
    var file = try home.connection()
    file[.storefront] = "bigcommerce"
    file[.storeHash] = configuration.storeHash
    file[.token] = configuration.token
    file[.apiBase] = simulator.address
    file[.publicURL] = "http://127.0.0.1:\(address.port)"
    return file
  }
}

/// Lets shoppers of a simulated store act.
private final class Shoppers: Sendable {
  private let simulator: StoreSimulator
  private let interval: Int
  private let isStopped = Mutex(false)

  init(_ simulator: StoreSimulator, every milliseconds: Int) {
    (self.simulator, interval) = (simulator, max(milliseconds, 1))
  }

  func start() { next() }

  func stop() { isStopped.withLock { $0 = true } }

  private func next() {
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(interval)) { [self] in
      guard !isStopped.withLock({ $0 }) else { return }
      simulator.act()
      next()
    }
  }
}

/// A port of this machine that nobody listens on.
enum FreePort {
  /// - Throws: `failed`.
  static func find() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard descriptor >= 0, code == 0 else {
      throw ServiceError(.failed, "no port is free: \(String(cString: strerror(errno)))")
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
