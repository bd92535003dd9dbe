import CartModel
import CartStorage
import CartStoreSQLite
import CartTesting
import ProgramTesting
import Testing

/// What is to be looked at in a store, kept in a file of its own.
struct InboxTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("inbox.db") }
  private func open() throws -> any Inbox { try SQLiteStorageFactory().inbox(path) }

  private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  private func hint(_ inbox: any Inbox, _ hints: [LookHint], at time: Int64) throws {
    var change = InboxChange()
    change.hints = hints
    try inbox.write(change, at: at(time))
  }

  private func serve(_ inbox: any Inbox, _ look: DueLook) throws {
    var change = InboxChange()
    change.served = [look]
    try inbox.write(change, at: look.due)
  }

  @Test(
    "A burst of hints is one look, due when the burst ends or half a second later"
  )
  func burst() throws {
    let inbox = try open()
    for time in stride(from: Int64(0), through: 1_000, by: 100) {
      try hint(inbox, [LookHint(.cart("c1"), .changed, patience: 150)], at: time)
      #expect(try inbox.due(at: at(min(time, 499)), limit: 9).isEmpty)
    }
    let due = try inbox.due(at: at(1_000), limit: 9)
    #expect(due.map(\.subject) == [.cart("c1")])
    #expect(due.first?.first == at(0) && due.first?.due == at(1_000))
  }

  @Test("A hint that comes during a look is not served by it")
  func generation() throws {
    let inbox = try open()
    try hint(inbox, [LookHint(.cart("c1"), .changed)], at: 0)
    let look = try #require(try inbox.due(at: at(0), limit: 1).first)
    try hint(inbox, [LookHint(.cart("c1"), .changed)], at: 1)
    try serve(inbox, look)
    let later = try #require(try inbox.look(of: .cart("c1")))
    #expect(later.generation > look.generation)
    try serve(inbox, later)
    #expect(try inbox.look(of: .cart("c1")) == nil)
  }

  /// Two programs look at the same cart, and the slower one ends after a new hint.
  @Test("A generation is not given again to what was served and hinted at again")
  func generationAfterServing() throws {
    let inbox = try open()
    try hint(inbox, [LookHint(.cart("c1"), .changed)], at: 0)
    let slow = try #require(try inbox.due(at: at(0), limit: 1).first)
    try serve(inbox, slow)
    try hint(inbox, [LookHint(.cart("c1"), .changed)], at: 1)
    try serve(inbox, slow)
    #expect(try inbox.look(of: .cart("c1")) != nil)
  }

  @Test(
    "The screen comes first, then new carts, changed ones, the sweep; the better rank counts")
  func ranks() throws {
    let inbox = try open()
    try hint(
      inbox,
      [
        LookHint(.cart("swept"), .sweep), LookHint(.cart("changed"), .changed),
        LookHint(.cart("new"), .new), LookHint(.cart("shown"), .sweep),
      ], at: 0)
    try hint(inbox, [LookHint(.cart("shown"), .screen)], at: 5)
    try hint(inbox, [LookHint(.cart("new"), .sweep)], at: 6)
    #expect(
      try inbox.due(at: at(10), limit: 9).map(\.subject.name) == [
        "shown", "new", "changed", "swept",
      ])
    #expect(try inbox.count().total == 4 && inbox.count().hinted == 3)
    #expect(try inbox.count().oldest == at(0))
  }

  @Test("A look that failed is due later, unless a hint came meanwhile")
  func postponed() throws {
    let inbox = try open()
    try hint(inbox, [LookHint(.cart("c1"), .changed), LookHint(.cart("c2"), .changed)], at: 0)
    var change = InboxChange()
    change.postponed = try inbox.due(at: at(0), limit: 9).map { ($0, at(5_000)) }
    try hint(inbox, [LookHint(.cart("c2"), .changed)], at: 1)
    try inbox.write(change, at: at(2))
    #expect(try inbox.due(at: at(4_999), limit: 9).map(\.subject.name) == ["c2"])
    #expect(try inbox.look(of: .cart("c1"))?.tries == 1)
  }

  @Test("What was written is there for others, and after closing")
  func durable() throws {
    let inbox = try open()
    let other = try inbox.sibling()
    var change = InboxChange()
    change.hints = [LookHint(LookSubject(.page, "orders"), .sweep, note: "1|2|3")]
    change.values = [("orders.since", "77")]
    change.reports = [KeptReport(cart: "c1", at: at(5), fields: [.ip: "203.0.113.7"])]
    try inbox.write(change, at: at(0))
    #expect(try other.value("orders.since") == "77")
    inbox.close()
    other.close()
    let again = try open()
    #expect(try again.look(of: LookSubject(.page, "orders"))?.note == "1|2|3")
    #expect(
      try again.reports(of: "c1")
        == [KeptReport(cart: "c1", at: at(5), fields: [.ip: "203.0.113.7"])])
    #expect(try again.dropReports(before: at(6)) == 1)
    #expect(try again.reports(of: "c1").isEmpty)
  }

  @Test("A lease has one holder, until it ends or is released")
  func leases() throws {
    let inbox = try open()
    #expect(try inbox.lease("service", for: "a", until: at(100), at: at(0)))
    #expect(try !inbox.lease("service", for: "b", until: at(200), at: at(50)))
    #expect(try inbox.lease("service", for: "a", until: at(150), at: at(50)))
    #expect(try inbox.holder(of: "service", at: at(150)) == "a")
    #expect(try inbox.holder(of: "service", at: at(151)) == nil)
    #expect(try inbox.lease("service", for: "b", until: at(300), at: at(151)))
    try inbox.release("service", of: "a")
    #expect(try inbox.holder(of: "service", at: at(200)) == "b")
    try inbox.release("service", of: "b")
    #expect(try inbox.holder(of: "service", at: at(200)) == nil)
  }

  @Test("A file that is no inbox is refused")
  func foreign() throws {
    folder.write("inbox.db", "no database at all, but a text that is long enough to be read as one")
    let error = #expect(throws: StoreError.self) { _ = try open() }
    #expect(error?.code == .notADatabase)
  }
}
