import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartTesting
import Glibc
import HTTPClient
import ProgramTesting
import StoreSimulator
import Testing

@testable import cartio_serve

/// The programs as a merchant runs them, beside a simulated store.
struct ServiceProcessTests {
  private let folder = TemporaryFolder()
  private let program: Program
  private let simulator: StoreSimulator
  private let configuration: SimulatorConfiguration

  init() throws {
    program = Program(folder)
    var configuration = SimulatorConfiguration(seed: 5)
    configuration.quota = 100_000
    self.configuration = configuration
    // The programs' clock is not the system's.
    let shift = Program.shift * 1000
    simulator = StoreSimulator(configuration) {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000 + shift
    }
    try simulator.start()
    folder.write("token.txt", configuration.token + "\n")
    chmod(folder.file("token.txt"), 0o600)
  }

  private func connect(_ more: String...) -> ProgramResult {
    program.run(
      arguments: [
        "connect", "bigcommerce", "--store-hash", configuration.storeHash, "--token-file",
        folder.file("token.txt"), "--api-base", simulator.address,
      ] + more)
  }

  private func openStore() throws -> any Storage {
    try SQLiteStorageFactory().open(.file(folder.file("cartio.db"), readOnly: true), random: { 1 })
  }

  /// What differs between our carts and the store's.
  private func differences() throws -> [String] {
    let store = try openStore()
    defer { store.close() }
    var found: [String] = []
    for truth in simulator.carts() {
      guard let key = try store.key(named: truth.id), let cart = try store.cart(key) else {
        found.append("\(truth.id): not known")
        continue
      }
      let ours = cart.lines.map { "\($0.storeID) \($0.quantity)" }.sorted()
      let theirs = truth.lines.map { "\($0.id) \($0.quantity)" }.sorted()
      if cart.state != .open || ours != theirs { found.append("\(truth.id): \(ours) \(theirs)") }
    }
    return found
  }

  /// Looks until something holds, for at most two minutes.
  private func eventually(_ isTrue: () throws -> Bool) throws -> Bool {
    for _ in 0..<2_400 {
      if try isTrue() { return true }
      usleep(50_000)
    }
    return false
  }

  private func serve(_ port: Int) -> pid_t {
    program.spawn(
      ["serve", "--listen", "127.0.0.1:\(port)"], input: "/dev/null",
      output: folder.file("serve.out"), messages: folder.file("serve.err"))
  }

  private func isHealthy(_ port: Int) -> Bool {
    let answer = try? CurlTransport().send(HTTPRequest("GET", "http://127.0.0.1:\(port)/healthz"))
    return answer?.status == 200
  }

  private func end(_ pid: pid_t, _ signal: Int32) -> Int32 {
    kill(pid, signal)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
  }

  @Test(
    "A store is connected, its orders and products are there, and a cart is looked up by its id")
  func connecting() throws {
    for _ in 0..<60 { simulator.act() }
    let result = connect()
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("scopes      all that are needed"))
    #expect(!(result.output + result.messages).contains(configuration.token))
    var info = stat()
    #expect(stat(folder.file("cartio.conf"), &info) == 0 && info.st_mode & 0o777 == 0o600)
    #expect(folder.read("store.lua").contains(#"store = { writes = "off" }"#))
    #expect(program.run("-e", ".products limit=3").output.contains("SKU-"))
    let cart = try #require(simulator.carts().first)
    #expect(!program.run("-e", ".carts status=any limit=500").output.contains(cart.id))
    let looked = program.run("sync", cart.id)
    #expect(looked.status == 0 && looked.output == "1 cart looked at, 1 change\n", "\(looked)")
    #expect(program.run("-e", ".cart \(cart.id)").output.contains("Store         bigcommerce"))
    // The console does the same by itself.
    let other = try #require(simulator.carts().last)
    let shown = program.run("-e", ".cart \(other.id)")
    #expect(shown.status == 0 && shown.output.contains(other.id), "\(shown)")
    let missing = program.run("sync", "11111111-2222-4333-8444-555555555555")
    #expect(missing.status == 1)
    #expect(missing.messages.contains("the store has no cart with the id 11111111"), "\(missing)")
    #expect(program.run("check").status == 0)
    #expect(simulator.statistics.violations == [])
  }

  @Test("A token that the store does not accept is said, and nothing is written")
  func wrongToken() throws {
    folder.write("token.txt", "another-token\n")
    let result = connect()
    #expect(result.status == 1)
    #expect(result.messages.contains("token"), "\(result)")
    #expect(!result.messages.contains("another-token"))
    #expect(folder.read("cartio.conf").isEmpty && folder.read("store.lua").isEmpty)
  }

  @Test("Another public address takes the hooks of the former one away")
  func anotherAddress() throws {
    #expect(connect("--public-url", "http://127.0.0.1:4001").status == 0)
    let second = connect("--public-url", "http://127.0.0.1:4002")
    #expect(second.status == 0)
    let words = "3 hooks of the former address removed: http://127.0.0.1:4001/hooks/bigcommerce"
    #expect(second.output.contains(words), "\(second)")
    let third = connect("--public-url", "http://127.0.0.1:4002")
    #expect(third.output.contains("store/cart/* kept") && !third.output.contains("removed"))
  }

  @Test("The service takes hooks, and SIGTERM ends it with 0")
  func serving() throws {
    let port = try FreePort.find()
    #expect(connect("--public-url", "http://127.0.0.1:\(port)").status == 0)
    let pid = serve(port)
    #expect(try eventually { isHealthy(port) }, "\(folder.read("serve.err"))")
    for _ in 0..<80 {
      simulator.act()
      simulator.deliver()
    }
    simulator.deliver(all: true)
    let isSame = try eventually { try differences().isEmpty }
    let different = try differences()
    #expect(isSame, "\(different)")
    // A second one would do everything twice.
    let other = program.run("serve", "--listen", "127.0.0.1:0")
    #expect(other.status == 1 && other.messages.contains("another service works"), "\(other)")
    #expect(end(pid, SIGTERM) == 0, "\(folder.read("serve.err"))")
    #expect(program.run("check").status == 0)
  }

  /// How often the service is killed; more where a longer run is wanted.
  private static let kills = Home.environment("CARTIO_KILLS").flatMap { Int($0) } ?? 8

  @Test("Killed at any moment, the service goes on where it was")
  func killed() throws {
    let port = try FreePort.find()
    #expect(connect("--public-url", "http://127.0.0.1:\(port)").status == 0)
    var faults = SimulatorConfiguration.Faults()
    (faults.duplicate, faults.reordered, faults.serverError) = (10, 10, 3)
    (faults.droppedBefore, faults.droppedAfter) = (2, 3)
    simulator.faults = faults
    var random = SeededRandom(seed: 11)
    for _ in 0..<Self.kills {
      let pid = serve(port)
      #expect(try eventually { isHealthy(port) }, "\(folder.read("serve.err"))")
      for _ in 0..<random.pick(5...40) {
        simulator.act()
        simulator.deliver()
      }
      usleep(UInt32(random.pick(0...200_000)))
      #expect(end(pid, SIGKILL) == 128 + SIGKILL)
      // What nobody takes is sent again.
      for _ in 0..<5 {
        simulator.act()
        simulator.deliver()
      }
    }
    simulator.faults = SimulatorConfiguration.Faults()
    let pid = serve(port)
    #expect(try eventually { isHealthy(port) }, "\(folder.read("serve.err"))")
    simulator.deliver(all: true)
    let isSame = try eventually {
      simulator.deliver(all: true)
      return try differences().isEmpty
    }
    let different = try differences()
    #expect(isSame, "\(different)")
    #expect(end(pid, SIGTERM) == 0)
    #expect(program.run("check").status == 0)
  }
}
