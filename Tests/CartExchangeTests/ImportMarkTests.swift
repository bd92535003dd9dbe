import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

/// Undo and redo in files.
struct ImportMarkTests {
  /// Adds MUG-01 as `t1`, and undoes that as `u1`.
  private static let file = """
    {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"c1","currency":"EUR"}
    {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"TEA-01","quantity":1,"price":"2"}
    {"type":"line.added","at":"2026-11-01T07:00:02Z","cart":"c1","sku":"MUG-01","quantity":2,"price":"5","group":"t1"}
    {"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1","target":"t1","group":"u1"}
    {"type":"line.removed","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"MUG-01","group":"u1"}
    """

  /// Imports the file with a line replaced, or left out, and checks that the shop is sound.
  private func take(_ changes: [Int: String], more: String = "") throws -> (TestShop, [Reject]) {
    let lines = Self.file.split(separator: "\n").enumerated().map { changes[$0 + 1] ?? String($1) }
    let test = try TestShop()
    let (_, rejects) = try test.take((lines + [more]).joined(separator: "\n"))
    #expect(try test.shop.check().problems == [])
    return (test, rejects)
  }

  private func undone(_ test: TestShop) throws -> [Bool] {
    try test.handler().history(of: 1).map(\.isUndone)
  }

  @Test func aMarkThatFitsIsAnUndo() throws {
    let (test, rejects) = try take([:])
    #expect(rejects == [])
    #expect(try undone(test) == [false, false, true, false, false])
    #expect(try test.shop.store.counts(from: .min, until: .max).map(\.sku) == ["TEA-01"])
  }

  @Test func aMarkThatDoesNotFitIsARejectAndItsEventsAreEdits() throws {
    let words = "operation.undone: the events that undo 't1' on cart c1 do not follow"
    let rest = "; 1 that followed were imported as edits"
    // Cut off.
    let (cut, first) = try take([5: ""])
    #expect(first.map(\.line) == [4] && first.map(\.reason) == [words])
    #expect(try cut.shop.store.cart(1)?.lines.count == 2)
    // Another event, which is an edit then.
    let (other, second) = try take([
      5:
        #"{"type":"line.changed","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"MUG-01","quantity":1,"group":"u1"}"#
    ])
    #expect(second.map(\.line) == [4] && second.map(\.reason) == [words + rest])
    #expect(try other.shop.store.cart(1)?.quantity == 2)
    #expect(try undone(other) == [false, false, false, false])
    // Of another group.
    let (_, third) = try take([
      5:
        #"{"type":"line.removed","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"MUG-01","group":"u2"}"#
    ])
    #expect(third.map(\.reason) == [words])
    // Something else comes between.
    let (_, fourth) = try take([
      4:
        #"{"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1","target":"t1","group":"u1"}"#
        + "\n"
        + #"{"type":"line.added","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"POT","quantity":1,"price":"1"}"#
    ])
    #expect(fourth.map(\.reason) == [words])
    // And of another cart may come between.
    let (fifth, none) = try take([
      4:
        #"{"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1","target":"t1","group":"u1"}"#
        + "\n"
        + #"{"type":"line.added","at":"2026-11-01T07:00:03Z","cart":"c2","sku":"POT","quantity":1,"price":"1"}"#
    ])
    #expect(none == [])
    #expect(try fifth.shop.store.cart(1)?.lines.map(\.sku) == ["TEA-01"])
  }

  @Test(arguments: [
    (#""target":"t9","group":"u1""#, "target 't9': unknown operation"),
    (#""target":"t1""#, "operation.undone: expected a group of its own"),
    (#""target":"t1","group":"t1""#, "operation.undone: expected a group of its own"),
    (
      #""target":"t1","group":"u1","groups":"t1""#, "groups: expected a list, got a text"
    ),
  ])
  func aMarkNamesWhatItUndoes(members: String, reason: String) throws {
    let (_, rejects) = try take([
      4: #"{"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1",\#(members)}"#
    ])
    #expect(rejects.map(\.line) == [4] && rejects.map(\.reason) == [reason])
  }

  @Test func anUndoneOperationIsClosedAndIsUndoneOnce() throws {
    let (_, rejects) = try take(
      [:],
      more: """
        {"type":"operation.undone","at":"2026-11-01T07:00:04Z","cart":"c1","target":"t1","group":"u2"}
        {"type":"line.added","at":"2026-11-01T07:00:05Z","cart":"c1","sku":"POT","quantity":1,"price":"1","group":"t1"}
        {"type":"line.added","at":"2026-11-01T07:00:06Z","cart":"c1","sku":"CUP","quantity":1,"price":"1","group":"u1"}
        {"type":"operation.undone","at":"2026-11-01T07:00:07Z","cart":"c1","target":"u1","group":"u3"}
        {"type":"operation.redone","at":"2026-11-01T07:00:08Z","cart":"c1","target":"t8","group":"r1"}
        {"type":"operation.redone","at":"2026-11-01T07:00:08Z","cart":"c1","target":"t1","group":"r2"}
        {"type":"line.added","at":"2026-11-01T07:00:08Z","cart":"c1","sku":"MUG-01","quantity":2,"price":"5","position":2,"group":"r2"}
        {"type":"operation.redone","at":"2026-11-01T07:00:09Z","cart":"c1","target":"t1","group":"r3"}
        """)
    #expect(
      rejects.map(\.reason) == [
        "operation.undone: operation 't1' is undone already on cart c1",
        "group 't1': is undone on cart c1; redo it first",
        "target 'u1': is itself an undo or redo",
        "target 't8': unknown operation",
        "operation.redone: operation 't1' is not undone on cart c1",
      ])
  }

  @Test func aClosedOperationStaysClosedForLaterImports() throws {
    let (test, _) = try take([:])
    let (_, rejects) = try test.take(
      """
      {"type":"line.added","at":"2026-11-01T07:00:05Z","cart":"c1","sku":"POT","quantity":1,"price":"1","group":"t1"}
      {"type":"line.added","at":"2026-11-01T07:00:06Z","cart":"c1","sku":"POT","quantity":1,"price":"1","group":"u1"}
      """)
    #expect(
      rejects.map(\.reason) == [
        "group 't1': is undone on cart c1; redo it first"
      ])
    #expect(try test.shop.check().problems == [])
  }

  @Test func aFlagDoesNotBringBackACartWhoseCreationIsUndone() throws {
    let test = try TestShop()
    let (_, rejects) = try test.take(
      """
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"TEA-01","quantity":1,"price":"2","group":"t1"}
      {"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1","target":"t1","group":"u1"}
      {"type":"line.removed","at":"2026-11-01T07:00:03Z","cart":"c1","sku":"TEA-01","group":"u1"}
      {"type":"cart.deleted","at":"2026-11-01T07:00:03Z","cart":"c1","group":"u1"}
      {"type":"cart.flagged","at":"2026-11-01T07:00:04Z","cart":"c1","rule":"r1","cause":"seen"}
      {"type":"cart.unflagged","at":"2026-11-01T07:00:05Z","cart":"c1","rule":"r1"}
      """)
    #expect(rejects == [])
    #expect(try test.shop.store.cart(1)?.state == .deleted)
    #expect(try test.shop.check().problems == [])
  }

  @Test func whatAnUndoCoversIsClosedWhereItHasNoEventsYet() throws {
    let (test, rejects) = try take(
      [
        4:
          #"{"type":"operation.undone","at":"2026-11-01T07:00:03Z","cart":"c1","target":"t1","groups":["t1","t2"],"group":"u1"}"#,
        2:
          #"{"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c2","sku":"TEA-01","quantity":1,"price":"2","group":"t2"}"#,
      ],
      more:
        #"{"type":"line.added","at":"2026-11-01T07:00:06Z","cart":"c1","sku":"POT","quantity":1,"price":"1","group":"t2"}"#
    )
    #expect(rejects.map(\.reason) == ["group 't2': is undone on cart c1; redo it first"])
    let (report, later) = try test.take(
      #"{"type":"line.added","at":"2026-11-01T07:00:07Z","cart":"c1","sku":"POT","quantity":1,"price":"1","group":"t2"}"#
    )
    #expect(report.total == 0 && later.map(\.reason) == rejects.map(\.reason))
    #expect(try test.shop.check().problems == [])
  }

  @Test(arguments: [false, true])
  func anUndoneImportWithGroupsIsImportedAgain(isRedone: Bool) throws {
    let source = try TestShop()
    let (report, _) = try source.take(
      """
      {"type":"line.added","at":"2026-11-01T07:00:01Z","cart":"c1","sku":"TEA-01","quantity":1,"price":"2","group":"g1"}
      {"type":"line.added","at":"2026-11-01T07:00:02Z","cart":"c1","sku":"MUG-01","quantity":2,"price":"5","group":"g2"}
      {"type":"line.added","at":"2026-11-01T07:00:02Z","cart":"c2","sku":"MUG-01","quantity":2,"price":"5"}
      """)
    let number = try #require(report.operation)
    source.clock.advance(1000)
    try operation(source.handler()) {
      let line = Line(sku: "POT", quantity: 1, price: UnitPrice(mantissa: 1, scale: 0))
      try source.handler().execute(.add(line), on: 1)
    }
    _ = try takeBack(source.handler(), number)
    if isRedone { _ = try takeBack(source.handler(), number, redo: true) }
    var shop = source
    var export = try source.exported()
    // From shop to shop.
    for seed in 2...4 as ClosedRange<UInt64> {
      let copy = try TestShop(seed: seed)
      let (_, rejects) = try copy.take(export)
      #expect(rejects == [])
      #expect(try copy.exported() == export)
      #expect(try copy.shop.check().problems == [])
      let key = try #require(try copy.shop.store.key(named: "c1"))
      #expect(
        try copy.handler().history(of: key).map(\.isUndone)
          == shop.handler().history(of: try #require(try shop.shop.store.key(named: "c1")))
          .map(\.isUndone))
      // An undo of the import that brought it is exported as well.
      copy.clock.advance(Int64(seed) * 10_000)
      let operations = try copy.shop.store.operations(limit: 1)
      _ = try takeBack(copy.handler(), try #require(operations.first).id)
      #expect(try copy.shop.check().problems == [])
      export = try copy.exported()
      shop = copy
    }
    #expect(try shop.exported() == export)
  }

  @Test func aDryRunFindsTheSameMarks() throws {
    let test = try TestShop()
    var options = EventImport.Options()
    options.dry = true
    for file in [Self.file, Self.file.split(separator: "\n").dropLast().joined(separator: "\n")] {
      var rejects: [Int] = []
      let importer = try EventImport(test.shop, source: "test", options: options) {
        (reject: Reject) throws(EngineError) in rejects.append(reject.line)
      }
      for (index, line) in file.split(separator: "\n").enumerated() {
        try importer.accept(line: Array(line.utf8)[...], number: index + 1)
      }
      let report = try importer.finish()
      #expect(rejects == (file == Self.file ? [] : [4]))
      #expect(report.operation == nil)
    }
    #expect(try test.shop.store.lastSeq() == 0)
  }
}
