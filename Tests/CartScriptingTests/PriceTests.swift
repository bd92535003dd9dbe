import CartTesting
import Testing

@testable import CartScripting

/// `line.unit_price`: exact where a float would not be.
struct PriceTests {
  @Test(arguments: [
    ("tostring(l.unit_price)", "12.99"), ("tostring(l.unit_price * 3)", "38.97"),
    ("tostring(3 * l.unit_price)", "38.97"), ("tostring(l.unit_price:percent(50))", "6.495"),
    ("tostring(l.unit_price:percent('7.5'))", "0.97425"),
    ("tostring(l.unit_price > 12.98)", "true"),
    ("tostring(l.unit_price > 12.99)", "false"), ("tostring(l.unit_price >= '12.99')", "true"),
    ("tostring(l.unit_price < 13)", "true"), ("tostring(l.unit_price < -1.5)", "false"),
    ("tostring(l.unit_price <= money('12.99'))", "true"),
    ("tostring(l.unit_price == l.unit_price)", "true"),
    ("tostring(l.unit_price:percent(50) < l.unit_price)", "true"),
    ("tostring(0.1 < l.unit_price)", "true"),
  ])
  func aPriceIsExact(expression: String, result: String) throws {
    let harness = try ScriptHarness(.console)
    let source = "local l = cart('8f3a').lines[1] return \(expression)"
    #expect(try harness.session.run(source, name: "=t") == [.string(result)], "\(expression)")
  }
}
