import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// Opens nothing.
private struct NoStorage: StorageFactory {
  func open(_ place: StoragePlace, cache: Int, random: @escaping () -> UInt64) throws(StoreError)
    -> any Storage
  { throw StoreError(.busy, "no storage here") }

  func inbox(_ path: String) throws(StoreError) -> any Inbox {
    throw StoreError(.busy, "no inbox here")
  }
}

/// Opening a home, and runs of it.
struct ApplicationTests {
  @Test("A run is saved, and its observer is told of it")
  func run() throws {
    let opened = try Opened()
    var outcomes: [Outcome] = []
    opened.application.observer.ended = { outcomes.append($1) }
    try opened.application.perform("add") { run in
      let key = try opened.application.handler.reader.find("cart1")
      _ = try run.add("TEA-01", 2, to: key)
    }
    #expect(outcomes.map(\.carts) == [1] && outcomes.map(\.events) == [1])
    #expect(outcomes.first?.operation != nil)
  }

  @Test("What the check of an observer throws leaves nothing behind")
  func check() throws {
    let opened = try Opened()
    opened.application.observer.check = { throw EngineError(.file, "the disk is full") }
    var failures: [String] = []
    opened.application.observer.failed = { error, _, outcome in
      failures.append("\(error), saved: \(outcome.operation != nil)")
      return error
    }
    let handler = opened.application.handler
    let key = try handler.reader.find("cart1")
    #expect(throws: EngineError(.file, "the disk is full")) {
      try opened.application.perform("add") { run in _ = try run.add("TEA-01", 2, to: key) }
    }
    #expect(failures == ["the disk is full, saved: false"])
    #expect(try handler.reader.cart(key)?.lines.count == 1)
  }

  @Test("The storage of a home opens its database")
  func storage() throws {
    #expect(throws: StoreError(.busy, "no storage here")) {
      try Home(NoStorage(), home: TemporaryFolder().path).openShop()
    }
  }

  @Test("A home without a database is an error that says how to make one")
  func missing() throws {
    let folder = TemporaryFolder()
    var home = try Home(SQLiteStorageFactory(), home: folder.path)
    home.access.missing = .refused
    let message =
      "database: \(folder.path)/cartio.db does not exist. To make one: cartio import FILE; to try "
      + "with made-up carts: cartio practice"
    #expect(throws: ApplicationError(.failed, message)) {
      try Application(home, output: { _ in }, messages: { _ in })
    }
  }

  @Test("Errors of every target have a code")
  func codes() {
    #expect(ApplicationError(EngineError(.interrupted, "x")) == ApplicationError(.interrupted, "x"))
    #expect(ApplicationError(EngineError(.refused, "x")) == ApplicationError(.failed, "x"))
    #expect(ApplicationError(ModelError(.malformed, "x")) == ApplicationError(.failed, "x"))
    #expect(ApplicationError(SupportError(.interrupted, "x")).code == .interrupted)
    #expect(ApplicationError(ApplicationError(.partly, "x")).code == .partly)
  }
}
