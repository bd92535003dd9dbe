import CartEngine
import CartModel
import CartReports
import CartTesting
import Testing

struct RankingTests {
  private func report(_ name: String, _ test: TestShop, by: String = "") throws -> ReportTable {
    let handler = test.handler()
    _ = handler.begin("report")
    return try #require(try BuiltInReports.run(name, ReportQuery(by: by), handler))
  }

  @Test func aProductWithoutARankStandsLast() throws {
    let test = try TestShop()
    try test.take(
      """
      {"type":"line.added","at":"2026-10-20T01:00:00Z","cart":"ta-0001","sku":"ADDED-9","quantity":9,"price":"1","currency":"EUR"}
      {"type":"line.added","at":"2026-10-20T01:00:00Z","cart":"ta-0001","sku":"ADDED-2","quantity":2,"price":"1","currency":"EUR"}
      {"type":"cart.created","at":"2026-10-20T01:00:00Z","cart":"ta-0002","currency":"EUR"}
      {"type":"cart.ordered","at":"2026-10-20T02:00:00Z","cart":"ta-0002","order":"1","lines":[{"sku":"NEVER","quantity":1,"price":"1"},{"sku":"ALSO-NOT","quantity":1,"price":"1"}]}
      """)
    #expect(
      try report("top-added", test).rows.map(\.[0].text) == [
        "ADDED-9", "ADDED-2", "ALSO-NOT", "NEVER",
      ])
    #expect(try report("top-ordered", test).rows.map(\.[0].text) == ["ALSO-NOT", "NEVER"])
  }

  @Test func namesKeepTheirCaseAndCountOnce() throws {
    let test = try TestShop()
    let people = [
      ("c1", #""name":"Luca Rossi""#), ("c2", #""name":"luca rossi""#),
      ("c3", #""name":"Anna","email":"Anna@Other.org""#),
    ]
    try test.take(
      people.map { cart, shopper in
        """
        {"type":"cart.created","at":"2026-10-20T01:00:00Z","cart":"\(cart)","currency":"EUR","shopper":{\(shopper)}}
        """
      }.joined(separator: "\n"))
    // An e-mail is shown in the one form in which it is stored.
    let names = ["Luca Rossi", "anna@other.org"]
    #expect(
      try report("customers", test).rows.map { [$0[0].text, $0[1].text] } == [
        [names[0], "2"], [names[1], "1"],
      ])
    #expect(try report("overview", test, by: "customer").rows.map(\.[0].text) == names)
    #expect(try report("funnel", test, by: "domain").rows.map(\.[0].text) == ["", "other.org"])
  }
}
