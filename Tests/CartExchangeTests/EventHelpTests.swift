import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartExchange

/// Help on events says what is read.
struct EventHelpTests {
  @Test("An example of each type is read, without a key that its type has not")
  func examples() throws {
    for type in EventType.allCases {
      let line = EventExample.line(type)
      let log = KeyLog(namesKnown: true)
      let decoder = EventDecoder(StoreSettings())
      #expect(throws: Never.self, "\(line)") {
        _ = try decoder.decode(try JSONParser.parse(line), log)
      }
      #expect(log.unknown == [], "\(line)")
      #expect(EventHelp.text.contains("\n\(type.name)\n  needs  "))
      #expect(EventHelp.text.contains("\n  \(line)\n"))
    }
  }

  @Test(
    "What a type needs and takes",
    arguments: [
      (
        EventType.lineAdded, ["cart", "sku|product", "quantity", "price"],
        [
          "choices", "currency", "decimals", "gift", "image", "item", "kind", "line", "mutable",
          "name",
          "options",
          "parent", "position", "variant", "choices.option", "choices.value",
        ]
      ),
      (.lineChanged, ["cart", "line|sku", "quantity"], ["currency", "quantity_before"]),
      (.addressSet, ["cart", "shipping|billing"], ["currency"]),
      (.orderPaid, ["order"], ["cart", "total"]),
      (
        .productUpserted, ["sku", "price"],
        [
          "attributes", "backorder", "brand", "category", "cost", "currency", "decimals", "image",
          "name",
          "stock", "tags", "weight",
        ]
      ),
      (
        .entryAdded, ["ip|email|country"],
        [
          "author", "cause", "created", "entry", "expires", "list", "tell",
        ]
      ),
      (.cartDeleted, ["cart"], ["currency"]),
    ])
  func keys(type: EventType, needed: [String], taken: [String]) {
    let keys = EventHelp.keys(of: type)
    #expect(keys.needed == needed)
    #expect(keys.taken == taken)
  }

  @Test("Every type ends with what it needs: an event of just that is read")
  func minimal() throws {
    for type in EventType.allCases {
      let json = try JSONParser.parse(EventExample.line(type))
      guard case .object(let members) = json else { continue }
      let needed = EventHelp.keys(of: type).needed.flatMap { $0.split(separator: "|") }
        .map(String.init)
      let minimal = members.filter { ["type", "at"].contains($0.key) || needed.contains($0.key) }
      #expect(throws: Never.self, "\(type)") {
        _ = try EventDecoder(StoreSettings()).decode(.object(minimal))
      }
    }
  }
}
