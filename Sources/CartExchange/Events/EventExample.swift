import CartModel
import CartSupport

/// An event of each type as a file may have it, with all that the type takes; for help and tests.
public enum EventExample {
  private static let time = "2026-11-01T08:00:00Z"
  private static let cart = #""cart":"8f3a0001""#
  private static let options = #""options":{"colour":"blue"}"#
  private static let facts =
    #""kind":"physical","product":"77","variant":"12","parent":"","gift":false,"mutable":true,"choices":[{"option":"108","value":"96"}]"#
  private static let address =
    #""shipping":{"first_name":"Anna","last_name":"Berg","city":"Köln","country":"DE"}"#
  private static let source = #"rule "few" { when = function(c) return c.quantity < 2 end }"#

  /// One line of JSON.
  public static func line(_ type: EventType) -> String {
    #"{"type":"\#(type.name)","at":"\#(time)",\#(members(type))}"#
  }

  private static func members(_ type: EventType) -> String {
    switch type {
    case .core(let type): return members(type)
    case .declared(let type):
      var writer = JSONWriter()
      writer.object { EventEncoder.write(type.example, &$0) }
      return cart + "," + writer.text.dropFirst().dropLast()
    }
  }

  private static func members(_ type: CoreType) -> String {
    switch type {
    case .productUpserted:
      #""sku":"MUG-01","name":"Mug","price":"12.99","currency":"EUR","image":"https://shop.example/mug.png","stock":40,"category":"kitchen","brand":"Ton","weight":"0.4","cost":"4.10","tags":["new"],"attributes":{"glaze":"white"},"backorder":false"#
    case .customerUpserted:
      #""customer":"77","shopper":{"type":"registered","group":"trade"},"email":"anna@example.com","name":"Anna Berg","phone":"030 1112223","company":"Berg KG",\#(address)"#
    case .cartCreated:
      #"\#(cart),"currency":"EUR","session":"s1","shopper":{"type":"guest","email":"a@example.com","ip":"203.0.113.7","country":"DE"},"attributes":{"utm_source":"spring"}"#
    case .lineAdded:
      #"\#(cart),"line":"l1","sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99","currency":"EUR",\#(options),"image":"https://shop.example/mug.png","position":1,\#(facts)"#
    case .lineRestated:
      #"\#(cart),"line":"l1","name":"Mug, white","price":"13.858823529412",\#(options),"image":"https://shop.example/mug.png",\#(facts)"#
    case .lineChanged: #"\#(cart),"line":"l1","quantity":5"#
    case .lineRemoved: #"\#(cart),"line":"l1""#
    case .shopperIdentified: #"\#(cart),"shopper":{"email":"a@example.com","name":"Anna Berg"}"#
    case .addressSet: #"\#(cart),\#(address),"billing":{"country":"DE"}"#
    case .attributesSet: #"\#(cart),"attributes":{"utm_source":"spring"}"#
    case .couponApplied: #"\#(cart),"code":"SAVE10","position":1"#
    case .couponRemoved: #"\#(cart),"code":"SAVE10""#
    case .cartOrdered:
      #"\#(cart),"order":"1001","lines":[{"sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99",\#(options)}],"total":"25.98","note":"by phone""#
    case .orderPaid, .orderRefunded: #""order":"1001","total":"25.98",\#(cart)"#
    case .orderCancelled: #""order":"1001",\#(cart)"#
    case .cartDeleted: cart
    case .cartHeld, .cartFlagged:
      #"\#(cart),"rule":"few","source":"1","cause":"one piece","tell":"please call""#
    case .cartRestored: #"\#(cart),"judge":false"#
    case .cartUnflagged: #"\#(cart),"rule":"few""#
    case .cartClaimed: #"\#(cart),"by":"staff:anna","until":"2026-11-01T09:00:00Z""#
    case .cartReleased: #"\#(cart),"by":"staff:anna""#
    case .cartNoted, .cartUnnoted:
      #"\#(cart),"by":"staff:anna","text":"rings back at 6","noted":"2026-11-01T07:59:00Z""#
        + (type == .cartNoted ? #","position":1"# : "")
    case .operationUndone: #"\#(cart),"target":"a1b2c3d4e5f60718293a4b5c","groups":[]"#
    case .operationRedone: #"\#(cart),"target":"a1b2c3d4e5f60718293a4b5c""#
    case .settingsChanged: #""settings":{"name":"Tea House","currency":"EUR"}"#
    case .entryAdded, .entryRemoved:
      #""list":"blacklist","entry":"e1","ip":"203.0.113.0/24","cause":"card testing","tell":"please call","author":"staff:anna","created":"2026-11-01T08:00:00Z","expires":"2026-11-08T08:00:00Z""#
    case .sourceRecorded:
      #""source":"\#(hexadecimal(Digest.key(of: source).bytes))","text":\#(quoted(json: source))"#
    case .ruleVersioned:
      #""rule":"few","kind":"rule","version":1,"file":"few.lua","sources":{"few.lua":"\#(hexadecimal(Digest.key(of: source).bytes))"},"params":{}"#
    case .ruleSet: #""rule":"few","mode":"enforce","version":1,"band":"2","cause":"""#
    case .decisionMade:
      #""rule":"few","version":1,"of":"8f3a0001","outcome":"hold","shadow":true,"cause":"one piece""#
    case .policyRan:
      #""rule":"by-night","version":1,"shadow":true,"carts":12,"orders":3,"left":1"#
    }
  }

  private static func quoted(json text: String) -> String {
    var writer = JSONWriter()
    writer.value(nil, .string(text))
    return writer.text
  }
}
