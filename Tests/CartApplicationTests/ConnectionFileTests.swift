import CartApplication
import CartModel
import CartStorage
import CartStoreSQLite
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// How a store is reached: `cartio.conf` and the environment.
struct ConnectionFileTests {
  private let folder = TemporaryFolder()

  private func file(
    _ text: String, mode: mode_t = 0o600, _ environment: [String: String] = [:]
  ) throws -> ConnectionFile {
    let path = folder.write("cartio.conf", text)
    chmod(path, mode)
    return try ConnectionFile(path) { environment[$0] }
  }

  @Test("The file gives settings, and the environment overrides them")
  func reading() throws {
    let text = """
      # a remark
      store_hash = abc123
        token=s3cr=t\u{20}
      public_url =
      """
    let plain = try file(text)
    #expect(plain[.storeHash] == "abc123" && plain[.token] == "s3cr=t")
    #expect(plain[.publicURL] == nil && plain.isConnected)
    let other = try file(text, ["CARTIO_STORE_HASH": "other", "CARTIO_PUBLIC_URL": "https://x"])
    #expect(other[.storeHash] == "other" && other[.publicURL] == "https://x")
  }

  @Test("Lines may end as other systems write them")
  func lineEnds() throws {
    let crlf = try file("# from elsewhere\r\nstore_hash = abc123\r\ntoken = t\r\n")
    #expect(crlf[.storeHash] == "abc123" && crlf[.token] == "t")
  }

  @Test("Without a file and an environment nothing is connected")
  func missing() throws {
    let none = try ConnectionFile(folder.file("nowhere.conf")) { _ in nil }
    #expect(!none.isConnected)
  }

  @Test("A line that is no setting is refused without showing it")
  func unknown() throws {
    let error = #expect(throws: ApplicationError.self) { try file("store_hash = a\nmy s3cret\n") }
    let message = try #require(error?.message)
    #expect(message.hasPrefix("\(folder.file("cartio.conf")):2: expected one of these and a value"))
    #expect(!message.contains("s3cret"))
  }

  @Test("A file that everybody can read is refused; one that a group shares is not")
  func access() throws {
    let error = #expect(throws: ApplicationError.self) { try file("token = x\n", mode: 0o644) }
    let path = folder.file("cartio.conf")
    #expect(error?.message == "\(path): everybody can read it; chmod 600 \(path)")
    #expect(try file("token = x\n", mode: 0o660)[.token] == "x")
  }

  @Test("It is written for its owner alone, and what the environment says is not written")
  func saving() throws {
    let path = folder.file("new.conf")
    var file = try ConnectionFile(path) { $0 == "CARTIO_STORE_HASH" ? "from-outside" : nil }
    file[.token] = "t0ken"
    file[.hookSecret] = "h00k"
    try file.save()
    var info = stat()
    #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
    let again = try ConnectionFile(path) { _ in nil }
    #expect(again[.token] == "t0ken" && again[.hookSecret] == "h00k" && again[.storeHash] == nil)
    file[.token] = "two\nlines"
    #expect(throws: ApplicationError.self) { try file.save() }
  }
}

/// Asking the service for a look.
struct StoreAskingTests {
  private let folder = TemporaryFolder()
  private let clock = TestClock(TestShop.start)

  private func asking(_ inbox: any Inbox, pause: @escaping (Int64) -> Void = { _ in })
    -> StoreAsking
  {
    StoreAsking(inbox, now: { [clock] in clock.now }) { [clock] in
      clock.advance($0)
      pause($0)
    }
  }

  private func open() throws -> any Inbox {
    try SQLiteStorageFactory().inbox(folder.file("inbox.db"))
  }

  @Test("Without a service nobody waits, and the hint stays")
  func noService() throws {
    let inbox = try open()
    #expect(try asking(inbox).look(at: ["c1"], wait: 1_000) == .noService)
    #expect(try inbox.look(of: .cart("c1"))?.rank == .screen)
    #expect(clock.now == TestShop.start)
  }

  @Test("A service that answers ends the waiting; one that does not is waited for a second")
  func service() throws {
    let inbox = try open()
    #expect(
      try inbox.lease(
        InboxName.service, for: "a", until: clock.now.advanced(by: 60_000), at: clock.now))
    #expect(try asking(inbox).look(at: ["c1"], wait: 1_000) == .waiting)
    #expect(clock.now.milliseconds(since: TestShop.start) == 1_000)
    let answer = try asking(inbox) { _ in
      var change = InboxChange()
      change.served = (try? inbox.due(at: Timestamp.range.upperBound, limit: 9)) ?? []
      try? inbox.write(change, at: TestShop.start)
    }.look(at: ["c1", "c2"], wait: 1_000)
    #expect(answer == .looked)
    #expect(clock.now.milliseconds(since: TestShop.start) == 1_020)
  }

  @Test("A store that is not asked now is not waited for")
  func stopped() throws {
    let inbox = try open()
    var change = InboxChange()
    change.values = [(InboxName.stopped, "the token is dead")]
    try inbox.write(change, at: clock.now)
    _ = try inbox.lease(
      InboxName.service, for: "a", until: clock.now.advanced(by: 60_000), at: clock.now)
    #expect(try asking(inbox).look(at: ["c1"], wait: 1_000) == .stopped("the token is dead"))
  }
}
