import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Lines that imports rejected, and whether anything changed since.
struct RejectTests {
  private let key = EventKey(high: 4, low: 2)

  /// Begins an import or another operation that changes a cart.
  @discardableResult
  private func change(
    _ bare: BareStore, _ cart: Int64, _ kind: Operation.Kind, parent: Int64? = nil,
    rejecting: [EventKey] = []
  ) throws -> Int64 {
    let number = try bare.count("operation") + 1
    return try bare.write { writer in
      let begun = try writer.begin(
        Operation(
          key: "k\(number)", actor: .importer, kind: kind, command: "", at: BareStore.now,
          parent: parent))
      var made =
        try writer.cart(cart)
        ?? Cart(key: cart, id: "c\(cart)", currency: .eur, at: BareStore.now)
      let isNew = made.version == 0
      let body =
        isNew ? EventBody.cartCreated(.eur, []) : .couponApplied("C\(made.version)", at: nil)
      made.apply(body, version: made.version + 1, actor: .importer, at: BareStore.now)
      made.head = try writer.append(
        Event(
          seq: 0, cart: cart, version: made.version, operation: begun.id, actor: .importer,
          at: BareStore.now, body: body), prev: made.head)
      try writer.save(made)
      if isNew { try writer.add(alias: made.id, for: cart) }
      if !rejecting.isEmpty {
        try writer.record(rejected: rejecting, by: "k\(number)")
        try writer.close(rejectionsOf: begun.id)
      }
      return begun.id
    }
  }

  @Test("A rejected line is found by its key, with the import and where the log ended")
  func rejections() throws {
    let bare = try BareStore()
    #expect(try bare.store.hasRejections() == false)
    #expect(try bare.store.rejection(of: key) == nil)
    let id = try change(bare, 1, .importing, rejecting: [key, EventKey(high: 9, low: 9)])
    #expect(try bare.store.hasRejections())
    let rejection = try #require(try bare.store.rejection(of: key))
    #expect(rejection == .init(operation: id, last: 1))
    #expect(try bare.store.rejection(of: EventKey(high: 9, low: 9)) == rejection)
    #expect(try bare.store.rejection(of: EventKey(high: 9, low: 8)) == nil)
    // A later import that rejects the same line takes its place.
    let later = try change(bare, 1, .importing, rejecting: [key])
    #expect(try bare.store.rejection(of: key) == .init(operation: later, last: 2))
  }

  @Test("Only a later import makes a rejected line worth another try")
  func latest() throws {
    let bare = try BareStore()
    try change(bare, 1, .importing)
    let id = try change(bare, 1, .importing, rejecting: [key])
    let rejection = try #require(try bare.store.rejection(of: key))
    func isLatest(_ cart: Int64 = 1) throws -> Bool {
      try bare.store.isLatest(rejection, on: cart)
    }
    #expect(try isLatest())
    for kind in [Operation.Kind.change, .undo, .redo, .change] {
      try change(bare, 1, kind)
      #expect(try isLatest(), "\(kind)")
    }
    // What the same import brings later is its own.
    try change(bare, 1, .foreign, parent: id)
    #expect(try isLatest())
    let other = try change(bare, 1, .importing)
    #expect(try isLatest() == false)
    try change(bare, 1, .change)
    #expect(try isLatest() == false)
    try change(bare, 2, .foreign, parent: other)
    #expect(try isLatest(2) == false)
    #expect(try isLatest(99))
  }

  @Test("Walking back takes one statement, however long the history is")
  func oneStatement() throws {
    let bare = try BareStore()
    try change(bare, 1, .importing, rejecting: [key])
    for _ in 0..<30 { try change(bare, 1, .change) }
    let rejection = try #require(try bare.store.rejection(of: key))
    let log = StatementLog()
    bare.store.statementLog = log
    #expect(try bare.store.isLatest(rejection, on: 1))
    #expect(log.statements.count == 1)
  }

  @Test("Where an import was interrupted, its rejects are of no state of the log")
  func interrupted() throws {
    let bare = try BareStore()
    try change(bare, 1, .importing)
    try bare.write { try $0.record(rejected: [key], by: "k1") }
    #expect(try bare.store.rejection(of: key)?.last == 0)
    // An operation that is not stored rejects nothing.
    try bare.write { try $0.record(rejected: [EventKey(high: 8, low: 8)], by: "unknown") }
    #expect(try bare.store.rejection(of: EventKey(high: 8, low: 8)) == nil)
  }

  @Test("Lists and rules are looked at over all carts")
  func latestOfLists() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 61)
    let id = try bare.append([.entryAdded(records.entry())], key: "i1", kind: .importing)
    try bare.write { writer in
      try writer.record(rejected: [key], by: "i1")
      try writer.close(rejectionsOf: id)
    }
    let rejection = try #require(try bare.store.rejection(of: key))
    #expect(try bare.store.isLatestOfLists(rejection))
    try bare.append([.entryAdded(records.entry())], key: "own")
    #expect(try bare.store.isLatestOfLists(rejection))
    try bare.append([.couponApplied("x", at: nil)], key: "i2", kind: .importing)
    #expect(try bare.store.isLatestOfLists(rejection))
    try bare.append([.ruleVersioned(records.version())], key: "i3", kind: .importing)
    #expect(try bare.store.isLatestOfLists(rejection) == false)
  }
}
