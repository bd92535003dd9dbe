import Testing

@testable import StoreSimulator

struct ShopperTests {
  @Test("A seed makes the same shoppers, and another one others")
  func seeds() {
    let benches = [Bench(seed: 3), Bench(seed: 3), Bench(seed: 4)]
    for bench in benches { bench.act(1_000) }
    let carts = benches.map { $0.simulator.carts() }
    #expect(carts[0] == carts[1])
    #expect(carts[0] != carts[2])
    #expect(benches[0].simulator.orders() == benches[1].simulator.orders())
  }

  @Test("Requests do not change what shoppers do")
  func independent() {
    let (quiet, asked) = (Bench(seed: 3) { $0.faults = .all }, Bench(seed: 3) { $0.faults = .all })
    for _ in 0..<500 {
      quiet.act(1)
      asked.act(1)
      _ = asked.get("v3/carts/\(asked.simulator.cartIDs.first ?? "")")
    }
    #expect(quiet.simulator.carts() == asked.simulator.carts())
  }

  @Test("Shoppers do all that they can, and carts end in all ways")
  func variety() {
    let bench = Bench { $0.faults.missingSKU = 20 }
    var acts: Set<ShopperAct> = []
    for _ in 0..<5_000 {
      bench.pass(1_000)
      acts.insert(bench.simulator.act())
    }
    #expect(acts == Set(ShopperAct.allCases))
    let fates = Set(bench.simulator.fates().values.map { String("\($0)".prefix(5)) })
    #expect(fates == ["delet", "order", "expir", "merge"])
    let lines = bench.simulator.carts().flatMap(\.lines)
    #expect(Set(lines.map(\.kind)) == ["physical", "digital", "gift", "custom"])
    #expect(lines.contains { $0.sku.isEmpty && $0.kind == "physical" })
    #expect(lines.contains { $0.parent != nil })
    #expect(lines.contains { !$0.isMutable && $0.parent == nil })
    #expect(Set(bench.simulator.carts().map(\.currency)).count == 3)
    #expect(lines.contains { $0.salePrice.count > 10 }, "no float with many digits")
  }

  @Test("A cart's figures are exact")
  func figures() throws {
    let bench = Bench()
    let id = bench.makeCart(#","currency":{"code":"EUR"}"#, quantity: 3)
    _ = bench.send("POST", "v3/checkouts/\(id)/coupons", #"{"coupon_code":"SAVE15"}"#)
    let totals = try #require(bench.simulator.cart(id)?.totals)
    #expect(totals.base == "29.97")
    #expect(totals.coupons == "4.4955")
    #expect(totals.subtotalExTax == "25.18487394958")
    #expect(totals.tax == "4.07")
    #expect(totals.grand == "25.47")
  }

  @Test("Decimals are read, rounded and written exactly")
  func amounts() {
    #expect(Amount("13.858823529412")?.text == "13.858823529412")
    #expect(Amount("225")?.fixed(4) == "225.0000")
    #expect(Amount("-0.005")?.rounded(2).text == "-0.01")
    #expect(Amount(995, places: 2).times(1, over: 3).text == "3.316666666667")
    #expect(Amount("1e3") == nil && Amount("") == nil && Amount("1.x") == nil)
    #expect(Amount("13.86000000000000004")?.text == "13.86")
    #expect(Amount("1.9999999999999")?.text == "2")
    #expect(Amount.zero.text == "0")
  }

  @Test("A cart is abandoned after an hour, and gone after thirty days")
  func time() {
    let bench = Bench()
    let id = bench.makeCart()
    bench.pass(3_600_000)
    _ = bench.send(
      "POST", "v3/hooks", #"{"scope":"store/cart/*","destination":"https://a.example/x"}"#)
    #expect(bench.simulator.statistics.hooksWaiting == 0)
    bench.pass(30 * 86_400_000)
    #expect(bench.get("v3/carts/\(id)")?.status == 404)
    #expect(bench.simulator.fate(id) == .expired)
  }
}
