import CartEngine
import CartModel
import CartStorage
import CartTesting
import Testing

/// Operations of which a part stays: orders stand, and what rules did for a change.
struct PartUndoTests {
  private let test: TestShop
  private let handler: CommandHandler
  private var keys: [Int64] = []

  init() throws {
    test = try TestShop()
    handler = test.handler()
    try test.take(TestShop.products)
    let handler = handler
    let added = try operation(handler) {
      for name in ["a", "b", "c"] { try handler.add("MUG-01", 1, to: handler.create(id: name).key) }
    }
    #expect(added == 2)
    keys = try ["a", "b", "c"].map { try handler.find($0) }
    try operation(handler) { try handler.execute(.order(.init(id: "9")), on: keys[2]) }
  }

  private func standing(_ number: Int64) throws -> OperationEntry.Standing? {
    try handler.reader.operations.list().first { $0.operation.id == number }?.standing
  }

  @Test("An operation that stays on an ordered cart is undone in part")
  func part() throws {
    #expect(try standing(2) == .done)
    let undone = try takeBack(handler, 2).report
    #expect(undone.carts.count == 2 && undone.left == 1)
    #expect(undone.stays == ["cart c: is ordered and stays as it is"])
    #expect(try standing(2) == .partly)
    // Without a number the next undo is not about what is left of it.
    let error = #expect(throws: EngineError.self) { try handler.run.undo.lastUndoable() }
    #expect(error?.message.contains("operation 3 cannot be undone") == true, "\(error as Any)")
    let redone = try takeBack(handler, 2, redo: true).report
    #expect(redone.carts.count == 2 && redone.left == 0 && redone.stays == [])
    #expect(try standing(2) == .done)
  }

  @Test("What was undone in steps is undone")
  func steps() throws {
    let number = try #require(
      try operation(handler) {
        for key in keys.prefix(2) { try handler.add("TEA-01", 1, to: key) }
      })
    _ = handler.begin("undo")
    _ = try handler.run.undo.revert(number, cart: keys[0])
    _ = try handler.finish()
    #expect(try standing(number) == .partly)
    #expect(try takeBack(handler, number).report.carts.count == 1)
    #expect(try standing(number) == .undone)
  }

  @Test("A cart that was ordered after an undo stays undone, and redo says so")
  func redo() throws {
    let number = try #require(
      try operation(handler) {
        for key in keys.prefix(2) { try handler.add("TEA-01", 1, to: key) }
      })
    _ = try takeBack(handler, number)
    try operation(handler) { try handler.execute(.order(.init(id: "10")), on: keys[0]) }
    let redone = try takeBack(handler, number, redo: true).report
    #expect(redone.left == 1 && redone.carts.map(\.id) == ["b"])
    #expect(redone.stays == ["cart a: is ordered and stays as it is"])
    #expect(try standing(number) == .partly)
  }

  @Test("A cart that was held after a change stays held without it, and undo says so")
  func held() throws {
    let number = try #require(try operation(handler) { try handler.add("TEA-01", 1, to: keys[0]) })
    try operation(handler) {
      let cause = Cause(rule: "big", source: "1", reason: "many pieces")
      try handler.execute(.hold(cause), on: keys[0])
    }
    let undone = try takeBack(handler, number).report
    #expect(undone.left == 0)
    #expect(
      undone.stays == ["cart a: is held by big: many pieces and stays held"], "\(undone.stays)")
    // One that was held before is no news.
    let note = try #require(
      try operation(handler) { try handler.write(note: "called", on: keys[0]) })
    #expect(try takeBack(handler, note).report.stays == [])
  }
}
