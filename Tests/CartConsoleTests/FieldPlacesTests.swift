import CartModel
import CartReports
import CartScripting
import CartSupport
import Testing

@testable import CartConsole
@testable import CartExchange

/// Every field of a cart is in every place that its declaration speaks of.
struct FieldPlacesTests {
  /// A cart of which nearly all is known.
  private static let cart = """
    {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"whole","currency":"EUR","attributes":{"utm_source":"spring"},"shopper":{\(shopper)}}
    {"type":"address.set","at":"2026-11-01T07:01:00Z","cart":"whole","shipping":{\(address)},"billing":{\(address)}}
    {"type":"line.added","at":"2026-11-01T07:02:00Z","cart":"whole","sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99","options":{"size":"XL"}}
    {"type":"coupon.applied","at":"2026-11-01T07:03:00Z","cart":"whole","code":"SAVE10"}
    """

  /// A value that each field of the shopper can have.
  private static func value(_ field: CartField?) -> String {
    switch field?.kind {
    case .email: "anna@example.com"
    case .address: "203.0.113.7"
    case .country: "DE"
    case .number: "7"
    case .choice(let words): words.last ?? ""
    default: "known"
    }
  }

  private static let shopper = ShopperField.own
    .map { "\"\($0.key)\":\"\(value(.of($0)))\"" }.joined(separator: ",")
  private static let address = ShopperField.addressKeys
    .map { "\"\($0)\":\"\($0 == "country" ? "DE" : "known")\"" }.joined(separator: ",")

  private let desks: Desks

  init() throws { desks = try Desks(Self.cart) }

  private static let named = CartField.all + CartField.addresses
  private static let names = named.map(\.name) + ["attr.utm_source", "option.size"]

  /// A value that a filter takes for a field.
  private func operand(_ field: CartField) -> String {
    switch field.kind {
    case .text, .title: "x"
    case .email: "anna@example.com"
    case .address: "203.0.113.7"
    case .choice(let words): words[0]
    case .country: "DE"
    case .currency: "EUR"
    case .status: "active"
    case .number, .amount: "1"
    case .time: "2026-11-01"
    case .span: "1h"
    case .flag: "true"
    }
  }

  @Test func everyStoredFieldOfAShopperIsAFieldOfTheCart() {
    for field in ShopperField.allCases {
      #expect(CartField.of(field)?.stored == field, "\(field)")
      #expect(
        CartField.of(field).map {
          $0.isPersonal || !field.isPersonal || $0.name.hasSuffix(".country")
        } == true)
    }
    #expect(Set(CartField.all.map(\.name)).count == CartField.all.count)
  }

  @Test(arguments: names) func filtersSortsAndGroups(_ name: String) throws {
    let field = try CartField.named(name)
    #expect(!desks.type(".carts status=any \(name)=\(operand(field))").contains("error"))
    #expect(!desks.type(".carts status=any sort=-\(name)").contains("error"))
    for line in [".carts status=any by=\(name)", ".report overview by=\(name)"] {
      let said = desks.type(line)
      #expect(said.contains("error") == (!field.isGroup && name != "product"), "\(line): \(said)")
    }
    let table = desks.type(".carts status=any columns=\(name)")
    #expect(table.drop { $0 == " " }.hasPrefix(field.name), "\(table)")
  }

  @Test(arguments: names) func filesHoldIt(_ name: String) throws {
    let field = try CartField.named(name)
    for format in ["csv", "jsonl"] {
      let said = desks.type(".export carts columns=id2,\(name) format=\(format)")
      #expect(said.contains("columns: carts have no column 'id2'"))
    }
    let (csv, json) = (
      desks.type(".export carts columns=\(name) format=csv"),
      desks.type(".export carts columns=\(name)")
    )
    guard let column = field.column else {
      for said in [csv, json] { #expect(said.contains("\(name) depends on the clock"), "\(said)") }
      return
    }
    #expect(csv.hasPrefix(column + "\r\n"), "\(csv)")
    #expect(json.hasPrefix("{\"\(column)\":"), "\(json)")
    #expect(TableKind.carts.column(column).map { $0.isComputed } == !field.isImported)
    let whole = desks.type(".export carts format=csv").prefix { $0 != "\r\n" }.split(separator: ",")
    #expect(whole.contains { $0 == column } == field.isExported)
    // What is stored is not lost.
    if field.stored != nil {
      let value = csv.split(separator: "\r\n").last.map(String.init)
      #expect(value == (name == "customer_id" ? "7" : Self.value(field)), "\(csv)")
    }
  }

  @Test func objectsOfCartsHaveAllExportedFields() throws {
    let object = try JSONParser.parse(desks.type(".export carts"))
    for field in CartField.all where field.isExported && field != .lines {
      #expect(object[field.name] != nil && object[field.column ?? ""] != nil, "\(field.name)")
    }
    let customer = ShopperField.own.compactMap { CartField.of($0)?.name }
    for name in customer {
      #expect(TableKind.customers.column(name)?.isComputed == false, "\(name)")
    }
  }

  @Test func helpAndTheDefinitionFileNameIt() throws {
    let help = try #require(FieldHelp.text("fields")).split(separator: "\n")
    for field in CartField.all {
      #expect(help.contains { $0.hasPrefix(field.name + " ") && $0.contains(field.about) })
      guard !field.isOfLines else { continue }
      #expect(ScriptDefinitions.text.contains("---@field \(field.name) "), "\(field.name)")
    }
  }

  @Test func completionOffersIt() {
    let completer = Completer(desks.console.workspace)
    for field in CartField.all {
      let found = completer.completion(of: ".carts " + field.name).candidates.map(\.text)
      #expect(found.contains(field.name + "="), "\(field.name)")
    }
  }

  @Test func thePageShowsEveryLabel() {
    let page = desks.type(".cart whole")
    for field in CartField.all {
      switch field.page {
      case .none, .cart: break
      case .shopper(let label), .always(let label):
        #expect(page.contains("  " + label + " "), "\(label)")
        if let stored = field.stored, stored != .customer {
          #expect(page.contains(Self.value(field)), "\(field.name)")
        }
      }
    }
    for field in CartField.all where field.stored != nil {
      #expect(field.page != .none, "\(field.name) is stored of the shopper and not on the page")
    }
  }

  @Test(arguments: [
    ("id,", "columns: expected names as id,status,created, got an empty one"),
    ("id,total,id", "columns: 'id' is given twice"),
    ("customer,customer_id", "columns: 'customer_id' is given twice"),
    ("totl", "columns: carts have no column 'totl'; did you mean 'total'?"),
    ("idle", "columns: idle depends on the clock, and an export does not; see updated"),
    ("shipping.contry", "columns: no field 'shipping.contry'; did you mean 'shipping.country'?"),
  ])
  func wrongColumnsAreRefused(_ columns: String, _ reason: String) {
    #expect(desks.type(".export carts columns=\(columns)") == "! error: \(reason)\n")
  }

  @Test func columnsStandInTheirOrder() {
    #expect(
      desks.type(".export carts columns=total,attr.utm_source,option.size,sku,id format=csv")
        == "total,attr.utm_source,option.size,sku,id\r\n25.98,spring,XL,MUG-01,whole\r\n")
    #expect(
      desks.type(".export carts columns=quantity,coupon,pending,id")
        == "{\"quantity\":2,\"coupons\":[\"SAVE10\"],\"pending\":false,\"id\":\"whole\"}\n")
    #expect(
      desks.type(".export lines columns=sku,option.size,email,attr.utm_source format=csv")
        == "sku,option.size,email,attr.utm_source\r\nMUG-01,XL,anna@example.com,spring\r\n")
    #expect(
      desks.type(".export products columns=sku")
        == "! The database has no products.\n")
    #expect(
      desks.type(".export carts columns=id,attr.nope")
        == "! note: no cart has attr.nope\n{\"id\":\"whole\",\"attr.nope\":\"\"}\n")
    #expect(
      desks.type(".export events columns=id")
        == "! error: export events: takes no --columns; each event is written whole, so that an import "
        + "reads it\n")
  }
}
