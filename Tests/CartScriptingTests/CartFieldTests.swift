import CartModel
import Testing

@testable import CartScripting

/// The fields of carts in Lua are those that are declared once.
struct CartFieldTests {
  @Test func everyDeclaredFieldIsOneInLua() throws {
    let harness = try ScriptHarness()
    let known = Set(CartClass.declaration.fields.map(\.name))
    for field in CartField.all where !field.isOfLines {
      #expect(known.contains(field.name), "\(field.name)")
      #expect(
        harness.message("cart('8f3a0001').\(field.name)").hasPrefix("no error: "), "\(field.name)")
    }
    #expect(CartClass.declaration.fields.count == known.count)
  }

  @Test func addressesAndAttributesAreRead() throws {
    let harness = try ScriptHarness()
    try harness.test.take(
      """
      {"type":"address.set","at":"2026-11-01T07:57:00Z","cart":"9b2c0002","shipping":{"country":"DE","city":"Köln"}}
      {"type":"attributes.set","at":"2026-11-01T07:58:00Z","cart":"9b2c0002","attributes":{"utm_source":"spring"}}
      """)
    for (source, expected) in [
      ("cart('9b2c0002').shipping_address.city", "Köln"),
      ("cart('9b2c0002').shipping_address", "Köln, DE"),
      ("cart('9b2c0002').billing_address.city == ''", "true"),
      ("cart('9b2c0002').attr.utm_source", "spring"), ("cart('9b2c0002').attr.nope == ''", "true"),
      ("cart('9b2c0002').order_total == nil", "true"),
      ("cart('9b2c0002'):matches('attr.utm_source=spring')", "true"),
      ("carts{'shipping.city=koln or x', status='any'}:count()", "error"),
      ("carts{'(shipping.city=Köln or attr.utm_source=x)', status='any'}:count()", "1"),
      ("carts{'option.size=XL'}:count()", "0"),
    ] {
      let said = harness.message(source)
      if expected == "error" {
        #expect(said.contains("outside parentheses"), "\(source): \(said)")
      } else {
        #expect(said == "no error: " + expected, "\(source): \(said)")
      }
    }
    #expect(
      harness.message("cart('9b2c0002').shipping_address.contry").hasSuffix(
        "address.contry: no such field; did you mean 'country'?"))
    #expect(
      harness.message("cart('9b2c0002').attr.UTM").contains(
        "attribute 'UTM': expected a name of 1 to 64 letters a-z, digits and _"))
  }
}
