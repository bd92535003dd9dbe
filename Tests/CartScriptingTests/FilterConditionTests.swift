import CartEngine
import CartModel
import CartScripting
import CartTesting
import Testing

struct FilterConditionTests {
  private func lua(_ words: String...) -> String {
    let parser = FilterParser(zone: .utc, now: TestShop.start)
    do throws(ModelError) { return try FilterCondition.lua(try parser.parse(words)) } catch {
      return error.message
    }
  }

  @Test func writesPlainLuaWhereThatIsExact() {
    #expect(
      lua("total>300", "country=DE,AT")
        == #"c.status ~= "expired" and c.total > 300 and (c.country == "DE" or c.country == "AT")"#)
    #expect(lua("status=any", "sort=-total", "limit=5") == "true")
    #expect(
      lua("status=abandoned", "subtotal<=12.50", "lines!=2,3", "idle>=90m")
        == #"c.status == "abandoned" and c.subtotal <= "12.5" and not (#c.lines == 2 or #c.lines == 3)"#
        + #" and c.idle >= duration "5400s""#)
    #expect(
      lua("status=any", "email=*@x.de", "total=5", "mug \"blue\"")
        == #"c:matches("email=*@x.de") and c:matches("total=5") and c:matches("'mug \"blue\"'")"#)
  }

  @Test func refusesWhatNoOpenCartCanBe() {
    #expect(
      lua("status=ordered")
        == "as rule: a rule judges open carts: active, abandoned or expired ones")
    #expect(lua("at=1h") == "as rule: a rule judges carts as they are, not at=")
    #expect(lua("totl>3").hasPrefix("filter: no field 'totl'"))
  }

  /// The same carts by the filter and by the condition made of it.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func saysWhatTheFilterSays(seed: UInt64) throws {
    let harness = try ScriptHarness()
    var carts = RandomCarts(seed: seed)
    let words = [
      "total>40", "total<=40", "total=12.99", "total!=12.99", "subtotal>=25.98", "discount=0",
      "country=DE", "country!=DE,FR", "country=", "currency=EUR", "email=a@X.de", "email~a*",
      "ip=203.0.113.0/24", "ip!=203.0.113.7", "customer=7", "customer!=7", "type=guest",
      "type!=registered", "lines>1", "lines=0", "quantity>=9", "version<3", "idle>30m", "idle<10m",
      "sku=MUG-01", "sku!=MUG-01", "name~*a*", "coupon=SAVE10", "created>=2026-11-01T07:59:00Z",
      "anna", "status=active", "status=abandoned,expired", "status=any", "session=s1",
    ]
    for number in 1...40 {
      harness.test.clock.advance(Int64(carts.random.pick(0...200)) * 1000)
      _ = harness.handler.begin("fill")
      var fields: [ShopperField: String] = [:]
      for (field, values) in [
        (ShopperField.country, ["DE", "FR", "", "AT"]), (.email, ["a@x.de", "B@x.de", ""]),
        (.ip, ["203.0.113.7", "198.51.100.4", ""]), (.customer, ["", "7", "12"]),
        (.name, ["Anna Ek", "", "Ben"]), (.session, ["s1", ""]),
      ] {
        fields[field] = carts.random.pick(values)
      }
      let cart = try harness.handler.create(
        id: "r\(seed)-\(number)", currency: carts.random.pick([.eur, .eur, .jpy]), fields)
      for _ in 0..<carts.random.pick(0...3) {
        _ = try? harness.handler.execute(.add(carts.line()), on: cart.key)
      }
      _ = try harness.handler.finish()
    }
    harness.test.clock.advance(Int64(seed) * 1_500_000)
    var hits = 0
    for _ in 0..<120 {
      let chosen = Set((0..<carts.random.pick(1...3)).map { _ in carts.random.pick(words) })
        .sorted()
      guard chosen.count(where: { $0.hasPrefix("status") }) < 2 else { continue }
      _ = harness.handler.begin("look")
      let parser = FilterParser(zone: .utc, now: harness.handler.now)
      let filter = try parser.parse(chosen)
      let condition = try FilterCondition.lua(filter)
      let names = try harness.handler.keys(matching: filter).compactMap {
        try harness.handler.cart($0)?.id
      }.sorted()
      hits += names.count
      let found = try harness.run(
        """
        local list = {}
        for c in carts{"status=active,abandoned,expired"} do
          if \(condition) then list[#list + 1] = c.id end
        end
        table.sort(list)
        return table.concat(list, " ")
        """)
      #expect(found == names.joined(separator: " "), "\(chosen): \(condition)")
    }
    #expect(hits > 100)
  }
}
