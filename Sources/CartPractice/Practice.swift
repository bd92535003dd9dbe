import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartSupport

/// A seeded practice store: shoppers who browse, change their minds, abandon and buy, and among them
/// bots, card testers, hoarders and the shop's own staff, each with a label.
///
/// The same arguments give the same content, keys and salts included.
public struct Practice {
  public var carts = 400
  public var days = 14
  public var seed: UInt64 = 1
  /// When the last shopper acts; the newest carts are live at this moment.
  public var until: Timestamp
  /// Whether `until` was asked for; else a store that ends at another time is as good.
  public var isUntilGiven = true

  public init(until: Timestamp) { self.until = until }

  /// Fills a store that has no events, or that practice filled before with the same arguments.
  ///
  /// - Parameter shouldStop: asked between the events; true ends it there.
  /// - Throws: `refused` for a database with other events; `interrupted`.
  public func fill(_ shop: Shop, shouldStop: () -> Bool = { false }) throws(EngineError)
    -> ImportReport
  {
    do throws(StoreError) {
      let known = try shop.store.meta(SettingName.practice)
      if try shop.store.lastSeq() > 0 {
        let isSame =
          isUntilGiven ? known == arguments : known.hasPrefix(arguments(until: nil))
        guard isSame else {
          throw StoreError(
            .other,
            known.isEmpty
              ? "practice: \(shop.store.path) holds other events; name an empty database with --db"
              : "practice: \(shop.store.path) was filled with \(known); remove it, or name "
                + "another with --db")
        }
        return ImportReport()
      }
    } catch { throw EngineError(.refused, of: error) }
    let importer = try EventImport(shop, source: "practice shoppers") {
      (reject: Reject) throws(EngineError) in
      throw EngineError(.refused, "practice: \(reject.reason): \(reject.text)")
    }
    var number = 0
    for event in events() {
      number += 1
      if shouldStop() {
        _ = importer.abandon()
        throw EngineError(.interrupted, "interrupted; remove \(shop.store.path) and start again")
      }
      try importer.accept(event, number: number)
    }
    let report = try importer.finish()
    do {
      try shop.store.write(recorded: shop.now()) {
        try $0.set(SettingName.practice, arguments)
      }
    } catch { throw EngineError(error) }
    try shop.use(PracticeShop.settings)
    return report
  }

  private var arguments: String { arguments(until: until) }

  private func arguments(until: Timestamp?) -> String {
    "carts=\(carts) days=\(days) seed=\(seed) until=" + (until?.description ?? "")
  }

  /// Who is behind each cart, in the order of the shoppers.
  public func labels() -> [(cart: String, label: PracticeLabel)] {
    var random = SeededRandom(seed: seed)
    // The catalogue is made with the same numbers.
    for _ in PracticeShop.wares { _ = random.pick(0...120) }
    return (0..<max(carts, 0)).map { index in
      let visit = PracticeVisit(practice: self, index: index, random: random)
      _ = random.next()
      return (visit.cart, visit.label)
    }
  }

  /// All events in the order of time.
  func events() -> [JSONValue] {
    var random = SeededRandom(seed: seed)
    let start = until.advanced(by: -Int64(days) * 86_400_000)
    var events: [(at: Timestamp, order: Int, json: JSONValue)] = []
    func add(_ at: Timestamp, _ type: String, _ members: [JSONValue.Member]) {
      let head: [JSONValue.Member] = [
        .init("type", .string(type)), .init("at", .string(at.description)),
      ]
      events.append((at, events.count, .object(head + members)))
    }
    if let settings = try? JSONParser.parse(PracticeShop.settings.json) {
      add(
        start, "settings.changed", [.init("settings", settings), .init("actor", .string("import"))])
    }
    for ware in PracticeShop.wares {
      add(
        start, "product.upserted",
        [
          .init("sku", .string(ware.sku)), .init("name", .string(ware.name)),
          .init("price", .string(ware.price)), .init("currency", .string("EUR")),
          .init("image", .string("https://shop.example/i/\(ware.sku.lowercased()).jpg")),
          .init("stock", .number(String(random.pick(0...120)))),
          .init("actor", .string("import")),
        ])
    }
    for index in 0..<max(carts, 0) {
      var visit = PracticeVisit(practice: self, index: index, random: random)
      visit.run(add)
      _ = random.next()
    }
    events.sort { $0.at != $1.at ? $0.at < $1.at : $0.order < $1.order }
    return events.map(\.json)
  }
}
