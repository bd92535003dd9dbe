import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartConsole

/// Two people in turns on the same carts: a command never changes another line, cart or customer than
/// the one that its person was shown, and a refusal names both.
struct TwoConsolesTests {
  /// What the first person has before their eyes, kept by the test itself.
  private struct Screen {
    var rows: [Cart] = []
    var current: Cart?
    var pages: [String: [Line]] = [:]
  }

  /// What a command names.
  private struct Wanted {
    let target: String
    /// The cart as it was shown; nil where `@` means none, or where it was named by its id.
    let shown: Cart?
    let id: String?
    let word: String
  }

  private final class World {
    let desks: Desks
    var screen = Screen()
    var random: SeededRandom
    static let ids = ["cart1", "cart2", "cart3"]

    init(_ seed: UInt64) throws {
      desks = try Desks(Desks.carts, seed: seed)
      random = SeededRandom(seed: seed)
    }

    func carts() throws -> [Cart] { try Self.ids.map { try desks.cart($0) } }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func neverAnotherThanWasShown(seed: UInt64) throws {
    let world = try World(seed)
    var (changed, refused) = (0, 0)
    for _ in 0..<120 {
      if world.random.chance(45) { try disturb(world) }
      if world.random.chance(30) { try look(world) }
      let before = try world.carts()
      let wanted = wanted(world)
      let verb = world.random.pick(["set", "remove", "add"])
      let quantity = verb == "remove" ? "" : " \(world.random.pick(1...9))"
      let line = ".\(verb) \(wanted.target) \(wanted.word)\(quantity)"
      let said = world.desks.type(line)
      let after = try world.carts()
      if zip(before, after).allSatisfy({ $0.version == $1.version }) {
        refused += 1
        // A change that is already made shows the cart, too.
        if !said.contains("! error") { world.screen.current = before.first { $0.id == wanted.id } }
        try check(refusal: said, of: wanted, before, world, line)
      } else {
        changed += 1
        try check(change: said, of: wanted, before, after, verb, world, line)
      }
    }
    #expect(changed > 10 && refused > 10, "\(changed) changed, \(refused) refused")
    #expect(try world.desks.console.shop.check().isClean)
  }

  /// The other person, or a shopper, changes lines, or whose cart it is.
  private func disturb(_ world: World) throws {
    let id = world.random.pick(World.ids)
    let cart = try world.desks.cart(id)
    let other = world.random.pick(1...9)
    _ = try? world.desks.change { handler in
      switch world.random.pick(0...4) {
      case 0:
        try handler.execute(.remove(.position(1)), on: cart.key)
      case 1:
        try handler.execute(
          .setQuantity(.position(world.random.pick(1...3)), Int64(other)), on: cart.key)
      case 2:
        let email = world.random.pick(["luca", "mara", "eve"]) + "@example.com"
        try handler.execute(.identify([.email: email, .name: ""]), on: cart.key)
      default:
        let sku = world.random.pick(["MUG-01", "TEA-01", "SCREW"])
        let options =
          world.random.chance(50) ? [] : [Line.Option(name: "text", value: "\(other)")]
        try handler.execute(
          .add(
            Line(
              id: "l\(world.random.pick(1...4))", sku: sku, name: "Made of \(sku)",
              options: options, quantity: 1, price: UnitPrice(Money(minor: 100, .eur)))),
          on: cart.key)
      }
    }
  }

  /// The person looks at a list or at a cart.
  private func look(_ world: World) throws {
    let before = try world.carts()
    if world.random.chance(50) {
      let filter = world.random.pick(["", " limit=1", " limit=2", " luca@example.com"])
      let text = world.desks.type(".carts sort=-total" + filter)
      let rows = text.split(separator: "\n").filter { $0.contains("  cart") }
      world.screen.rows = rows.compactMap { row in
        before.first { cart in row.contains("  \(cart.id)  ") }
      }
      world.screen.current = world.screen.rows.count == 1 ? world.screen.rows[0] : nil
      return
    }
    let cart = world.random.pick(before)
    #expect(world.desks.type(".cart \(cart.id)").contains("Cart \(cart.id)"))
    world.screen.current = cart
    world.screen.pages[cart.id] = cart.lines
  }

  private func wanted(_ world: World) -> Wanted {
    let word = world.random.pick(["#1", "#2", "#3", "MUG-01", "tea-01", "SCREW"])
    switch world.random.pick(0...2) {
    case 0:
      let cart = world.screen.current
      return Wanted(target: "@", shown: cart, id: cart?.id, word: word)
    case 1 where !world.screen.rows.isEmpty:
      let number = world.random.pick(1...world.screen.rows.count)
      let cart = world.screen.rows[number - 1]
      return Wanted(target: "@\(number)", shown: cart, id: cart.id, word: word)
    default:
      let id = world.random.pick(World.ids)
      return Wanted(target: id, shown: nil, id: id, word: word)
    }
  }

  private func isSamePerson(_ a: Cart, _ b: Cart) -> Bool {
    a.shopper[.email] == b.shopper[.email]
  }

  private func same(_ a: Line, _ b: Line) -> Bool {
    a.id == b.id && a.sku == b.sku && a.options == b.options
  }

  private func check(
    change said: String, of wanted: Wanted, _ before: [Cart], _ after: [Cart], _ verb: String,
    _ world: World, _ line: String
  ) throws {
    let changed = zip(before, after).filter { $0.version != $1.version }
    let (old, new) = try #require(changed.first)
    #expect(changed.count == 1 && old.id == wanted.id, "\(line): \(said)")
    if let shown = wanted.shown { #expect(isSamePerson(shown, old), "\(line): \(said)") }
    // The line that it touched.
    let touched = try #require(
      old.lines.first { line in
        new.lines.first { same($0, line) }?.quantity != line.quantity
      } ?? new.lines.last { line in !old.lines.contains { same($0, line) } })
    let page = world.screen.pages[old.id]
    if wanted.word.hasPrefix("#"), let place = Int(wanted.word.dropFirst()) {
      let meant = page.flatMap { $0.count >= place ? $0[place - 1] : nil } ?? old.lines[place - 1]
      #expect(same(meant, touched) && same(old.lines[place - 1], meant), "\(line): \(said)")
    } else if verb == "add" {
      // Without options at the catalogue's price, whatever else has the SKU.
      #expect(touched.sku.lowercased() == wanted.word.lowercased(), "\(line): \(said)")
      #expect(touched.options.isEmpty, "\(line): \(said)")
      #expect(touched.price != UnitPrice(Money(minor: 100, .eur)), "\(line): \(said)")
    } else {
      #expect(touched.sku.lowercased() == wanted.word.lowercased(), "\(line): \(said)")
      #expect(old.lines.count { $0.sku == touched.sku } <= 1, "\(line): \(said)")
      let shown = page?.filter { $0.sku == touched.sku } ?? []
      #expect(shown.isEmpty || shown.count == 1 && same(shown[0], touched), "\(line): \(said)")
    }
    if verb != "add", let shown = page?.first(where: { same($0, touched) }) {
      let now = old.lines.first { same($0, touched) }
      #expect(shown.quantity == now?.quantity, "\(line): \(said)")
    }
    world.screen.current = new
    let after = new.lines.first { same($0, touched) }
    if let after, let index = page?.firstIndex(where: { same($0, touched) }) {
      world.screen.pages[old.id]?[index].quantity = after.quantity
    }
  }

  /// Who was shown something else than what is there now reads both.
  private func check(
    refusal said: String, of wanted: Wanted, _ carts: [Cart], _ world: World, _ line: String
  ) throws {
    guard let id = wanted.id, let now = carts.first(where: { $0.id == id }) else {
      #expect(said.hasPrefix("! error: @: "), "\(line): \(said)")
      return
    }
    if let shown = wanted.shown, !isSamePerson(shown, now) {
      #expect(
        said.contains(shown.shopper[.email]) && said.contains(now.shopper[.email]),
        "\(line): \(said)")
      return
    }
    guard wanted.word.hasPrefix("#"), let place = Int(wanted.word.dropFirst()),
      let page = world.screen.pages[id], page.count >= place
    else { return }
    let there = now.lines.count >= place ? now.lines[place - 1] : nil
    guard there.map({ same($0, page[place - 1]) }) != true else { return }
    #expect(said.contains(page[place - 1].fullLabel), "\(line): \(said)")
    #expect(said.contains(there?.fullLabel ?? "no line"), "\(line): \(said)")
  }
}
