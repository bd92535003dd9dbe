import CartModel
import CartStorage

/// Who did what, by numbers; all of them are remembered.
final class ActorTable {
  private unowned let statements: Statements
  private var names: [Int64: Actor] = [:]
  private var numbers: [Actor: Int64] = [:]
  /// All actors up to this number are known; some after it may be, that were made here.
  private var lastRead = Int64.min

  init(_ statements: Statements) { self.statements = statements }

  func forget() {
    names = [:]
    numbers = [:]
    lastRead = .min
  }

  func knows(_ actor: Actor) -> Bool { numbers[actor] != nil }

  /// Reads the actors that are not known yet.
  func read() throws(StoreError) {
    let rows = try statements("SELECT id, name FROM actor WHERE id > ?")
    rows.bind(1, lastRead)
    defer { rows.reset() }
    while try rows.step() {
      lastRead = max(lastRead, rows.int(0))
      if let actor = try? Actor(rows.text(1)) { remember(actor, rows.int(0)) }
    }
  }

  private func remember(_ actor: Actor, _ id: Int64) { (names[id], numbers[actor]) = (actor, id) }

  subscript(_ id: Int64) -> Actor {
    get throws(StoreError) {
      if let actor = names[id] { return actor }
      // All at once, as the next event is likely another's.
      try read()
      guard let actor = names[id] else {
        throw StoreError(.corrupt, "event log: unknown actor number \(id); run 'cartio check'")
      }
      return actor
    }
  }

  /// The number of an actor, who is inserted where the table has none.
  func number(of actor: Actor) throws(StoreError) -> Int64 {
    if let id = numbers[actor] { return id }
    let name = actor.description
    let insert = try statements("INSERT INTO actor(name) VALUES(?) ON CONFLICT(name) DO NOTHING")
    insert.bind(1, name)
    try insert.run()
    let isNew = statements.changedRows == 1
    let id =
      isNew
      ? statements.lastRow : try statements.number("SELECT id FROM actor WHERE name = ?", name)
    if let id { remember(actor, id) }
    return id ?? 0
  }
}
