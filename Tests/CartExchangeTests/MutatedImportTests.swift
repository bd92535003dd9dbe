import CartEngine
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Glibc
import Testing

/// Whatever a file holds: what an import makes is the fold of the events that it records.
///
/// `CARTIO_MUTATED_FILES=5000` tries that many files; `CARTIO_MUTATED_FIRST` begins with another one.
struct MutatedImportTests {
  private static let sources = 12
  private static let exports = (0..<UInt64(sources)).map { seed in try? Self.export(seed + 1000) }
  private static let chunks = 8

  private static func number(_ name: String, _ standard: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
  }

  @Test(arguments: 0..<chunks)
  func anImportIsTheFoldOfItsEventsAndIsIdempotent(chunk: Int) throws {
    let first = Self.number("CARTIO_MUTATED_FIRST", 0)
    let count = Self.number("CARTIO_MUTATED_FILES", 160)
    for index in first..<first + count where index % Self.chunks == chunk {
      guard let lines = Self.exports[index % Self.sources],
        let others = Self.exports[(index / Self.sources + 1 + index) % Self.sources]
      else {
        Issue.record("no export to mutate")
        return
      }
      var file = MutatedFile(lines, others: others, seed: UInt64(index) + 1)
      file.mutate()
      try expectSound(file.text, of: lines.joined(separator: "\n"), "file \(index)")
    }
  }

  private func expectSound(_ file: String, of whole: String, _ name: String) throws {
    let test = try TestShop(seed: 7)
    try test.take(file)
    let problems = try test.shop.check().problems
    let export = try test.exported()
    let (again, _) = try test.take(file)
    let second = try test.exported()
    let copy = try TestShop(seed: 8)
    let (_, rejects) = try copy.take(export)
    let third = try copy.exported()
    // The whole export, after what was left of it.
    try test.take(whole)
    let (last, _) = try test.take(whole)
    let (copied, after) = (try copy.shop.check().problems, try test.shop.check().problems)
    let isSound =
      (problems + copied + after).isEmpty && rejects.isEmpty && again.total + last.total == 0
      && second == export && third == export
    #expect(problems == [], "\(name)")
    #expect(copied == [], "\(name): its copy")
    #expect(after == [], "\(name): after the whole export")
    #expect(last.total == 0, "\(name): the whole export again brought \(last.imported)")
    #expect(again.total == 0, "\(name): a second import brought \(again.imported)")
    #expect(second == export, "\(name): a second import changed the export")
    #expect(rejects.map(\.reason) == [], "\(name)")
    #expect(third == export, "\(name): the export of its copy differs")
    guard !isSound, let folder = getenv("CARTIO_MUTATED_FOLDER") else { return }
    try write(file, "\(String(cString: folder))/\(name).jsonl")
    try write(export, "\(String(cString: folder))/\(name).export.jsonl")
    try write(whole, "\(String(cString: folder))/\(name).whole.jsonl")
  }

  private func write(_ text: String, _ path: String) throws {
    let output = try OutputFile(path)
    try output.write(text)
    try output.commit()
  }

  /// The events of a small shop in which much was undone.
  private static func export(_ seed: UInt64) throws -> [String] {
    let test = try TestShop(seed: seed)
    try test.take(TestShop.products)
    var random = SeededRandom(seed: seed)
    let (report, _) = try test.take(file(&random))
    var numbers: [Int64] = []
    var carts = RandomCarts(seed: seed)
    let handler = test.handler()
    for _ in 0..<14 {
      test.clock.advance(1000)
      let number = try operation(handler) {
        for _ in 0..<random.pick(1...3) {
          let key = Int64(random.pick(1...6))
          guard let cart = try handler.cart(key) else { continue }
          _ = try? handler.execute(carts.command(for: cart), on: key)
        }
        if random.chance(10) { _ = try? handler.execute(.order(.init(id: "")), on: 5) }
      }
      if let number { numbers.append(number) }
      if random.chance(40), let number = numbers.randomElement(using: &random) {
        test.clock.advance(random.chance(50) ? 0 : 500)
        _ = try? takeBack(handler, number, redo: random.chance(30))
      }
    }
    if let number = report.operation, random.chance(60) {
      _ = try? takeBack(handler, number)
      if random.chance(30) { _ = try? takeBack(handler, number, redo: true) }
    }
    return try test.exported().split(separator: "\n").map(String.init)
  }

  /// A file of another shop, with ids and groups of its own.
  private static func file(_ random: inout SeededRandom) -> String {
    var (lines, time) = ([String](), 0)
    func add(_ type: String, _ members: String) {
      time += random.pick(0...2)
      let at = TestShop.start.advanced(by: Int64(time) - 1_000_000)
      let group = random.chance(60) ? #","group":"g\#(random.pick(1...4))""# : ""
      let id = random.chance(40) ? #","id":"shop-\#(lines.count)""# : ""
      lines.append(#"{"type":"\#(type)","at":"\#(at)",\#(members)\#(group)\#(id)}"#)
    }
    for _ in 0..<24 {
      let cart = random.pick(1...6)
      let name = #""cart":"cart-\#(cart)""#
      let sku = random.pick(RandomCarts.skus)
      switch random.pick(0...9) {
      case 0: add("cart.held", name)
      case 1: add("cart.restored", name)
      case 2: add("cart.ordered", name + #","order":"\#(100 + cart)""#)
      case 3: add("line.removed", name + #","sku":"\#(sku)""#)
      case 4: add("order.paid", #""order":"\#(100 + cart)""#)
      case 5: add("cart.flagged", name + #","rule":"r1","cause":"seen""#)
      case 6:
        let isAdded = random.chance(60)
        add(
          isAdded ? "entry.added" : "entry.removed",
          #""list":"blacklist","ip":"203.0.113.\#(random.pick(1...2))","cause":"c""#)
      case 7: add("coupon.applied", name + #","code":"SAVE10""#)
      default:
        add(
          "line.added", name + #","sku":"\#(sku)","quantity":\#(random.pick(1...3)),"price":"1.5""#)
      }
    }
    return lines.joined(separator: "\n")
  }
}
