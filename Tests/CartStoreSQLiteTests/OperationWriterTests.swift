import CartModel
import CartStorage
import CartTesting
import Testing

@testable import CartStoreSQLite

/// Operations are begun once, keep what they were told and say what was undone of them.
struct OperationWriterTests {
  @Test("An operation of a key is begun once, and its reason is kept once")
  func beginsOnce() throws {
    let bare = try BareStore()
    let first = try bare.append([.couponApplied("a", at: nil)], key: "same", reason: "because")
    let facts = try bare.count("fact")
    try bare.write { writer in
      let again = try writer.begin(
        Operation(
          key: "same", actor: .staff("ben"), command: "other", at: BareStore.now,
          reason: "another"))
      #expect(again == (first, false))
      let new = try writer.begin(
        Operation(key: "new", actor: .staff("ben"), command: "other", at: BareStore.now))
      #expect(new == (first + 1, true))
    }
    #expect(try bare.count("fact") == facts)
    let operation = try #require(try bare.store.operation(first))
    #expect(operation.reason == "because")
    #expect(operation.actor == .staff("anna"))
    #expect(try bare.store.operation(key: "same") == first)
    #expect(try bare.store.operation(key: "nothing") == nil)
    #expect(try bare.store.operation(4711) == nil)
  }

  @Test("Operations keep what they were told")
  func operationsComeBack() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 21)
    var expected: [Operation] = []
    for number in 1...40 {
      var operation = Operation(
        key: "key\(number)", actor: records.actor(),
        kind: records.random.pick([.change, .importing, .undo, .redo, .foreign]),
        command: records.text(), at: records.time(),
        target: records.random.chance(30) ? Int64(number - 1) : nil,
        targetCart: records.random.chance(30) ? 5 : nil,
        parent: records.random.chance(30) ? 1 : nil,
        reason: String(records.text().prefix(2000)))
      operation.id = try bare.write { try $0.begin(operation).id }
      operation.extent = .init(first: 1, last: 0)
      expected.append(operation)
    }
    for operation in expected {
      #expect(try bare.store.operation(operation.id) == operation)
    }
    let own = expected.filter { $0.parent == nil }.reversed()
    #expect(try bare.store.operations(limit: 100) == Array(own))
    #expect(try bare.store.operations(limit: 3) == Array(own.prefix(3)))
    let before = Array(own)[4].id
    #expect(
      try bare.store.operations(limit: 100, before: before) == own.filter { $0.id < before })
    #expect(
      try bare.store.parents()
        == Dictionary(
          uniqueKeysWithValues: expected.compactMap { one in one.parent.map { (one.id, $0) } }))
  }

  @Test("What was undone of an operation is said by the latest, whole or of carts")
  func undos() throws {
    let bare = try BareStore()
    let id = try bare.append([.couponApplied("a", at: nil)], key: "target")
    func undo(_ kind: Operation.Kind, cart: Int64? = nil, parent: Int64? = nil) throws {
      let key = "u\(try bare.count("operation"))"
      _ = try bare.write {
        try $0.begin(
          Operation(
            key: key, actor: .staff("anna"), kind: kind, command: "", at: BareStore.now,
            target: id, targetCart: cart, parent: parent))
      }
    }
    func expect(_ last: Operation.Kind?, _ areOfCarts: Bool) throws {
      let expected = Undos(last: last, areOfCarts: areOfCarts)
      #expect(try bare.store.undos(of: id) == expected)
      let listed = try bare.store.undoneOperations(limit: 100).first { $0.operation.id == id }
      #expect(listed?.undos == expected)
    }
    try expect(nil, false)
    #expect(try bare.store.isTarget(id) == false)
    try undo(.undo, cart: 3)
    try expect(nil, true)
    #expect(try bare.store.isTarget(id))
    try undo(.undo)
    try expect(.undo, false)
    try undo(.redo, cart: 3)
    try expect(.undo, true)
    try undo(.redo)
    try expect(.redo, false)
    // What an import says counts for single carts.
    try undo(.undo, parent: 1)
    try expect(.redo, true)
    #expect(try bare.store.undos(of: 4711) == Undos())
  }

  @Test("An operation is linked into the chain with its first event, whenever that comes")
  func operationsBeforeTheirEvents() throws {
    let bare = try BareStore()
    let early = try bare.write {
      try $0.begin(
        Operation(key: "early", actor: .staff("anna"), command: "job", at: BareStore.now)
      ).id
    }
    #expect(try bare.count("commits") == 0)
    #expect(try bare.store.read { try WriteStart($0) }.hasBegun)
    try bare.write { writer in
      try writer.append(
        Event(
          seq: 0, cart: 0, version: 0, operation: early, actor: .staff("anna"), at: BareStore.now,
          body: .couponApplied("x", at: nil)), prev: 0)
    }
    #expect(try bare.store.read { try WriteStart($0) }.hasBegun == false)
    #expect(try bare.store.check(productChanges: { _ in [] }).problems == [])
    try bare.change("UPDATE operation SET command = 'other' WHERE key = 'early'")
    #expect(
      try bare.another().check(productChanges: { _ in [] }).problems
        == ["commit 1: its hash does not fit events 1 … 1"])
  }
}
