import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartTesting
import Testing

struct PlanTests {
  /// A shop with carts c1001 … and a catalogue; the same for the same seed.
  func shop(_ count: Int, seed: UInt64 = 1) throws -> TestShop {
    var settings = StoreSettings()
    settings.coupons = [
      Coupon(code: "SAVE10", kind: .freeShipping), Coupon(code: "TEA5", kind: .fixed(500)),
    ]
    let test = try TestShop(settings: settings, seed: seed)
    try test.take(TestShop.products)
    var lines = ""
    for cart in 1...count {
      lines += """
        {"type":"line.added","at":"2026-11-01T07:00:0\(cart % 10)Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":\(1 + cart % 7),"price":"12.99"}

        """
    }
    try test.take(lines)
    return test
  }

  /// Two packs of tea for each cart.
  func teaForAll(_ test: TestShop) throws -> Plan {
    try planned(test) { handler in
      for key in try handler.keys(matching: Filter()) { try handler.add("TEA-01", 2, to: key) }
    }
  }

  func planned(_ test: TestShop, _ body: (CommandHandler) throws -> Void) throws -> Plan {
    let handler = CommandHandler(test.shop, mode: .plan, actor: .staff("anna"))
    _ = handler.begin("script")
    try body(handler)
    return try handler.run.plans.takePlan()
  }

  func apply(
    _ test: TestShop, _ path: String, _ selection: PlanSelection = .init(),
    rules: [String: String] = [:]
  ) throws -> (report: ApplyReport, outcome: Outcome) {
    let handler = test.handler()
    _ = handler.begin("apply")
    do {
      let report = try handler.run.plans.apply(try PlanReader(path), selection, rules: rules)
      return (report, try handler.finish())
    } catch {
      _ = handler.abandon()
      throw error
    }
  }

  func anyCart(_ handler: CommandHandler, _ carts: inout RandomCarts) throws -> Int64 {
    var filter = Filter()
    filter.allowAnyStatus()
    return carts.random.pick(try handler.keys(matching: filter))
  }

  func contents(_ shop: Shop) throws -> [String: Cart] {
    var carts: [String: Cart] = [:]
    try shop.store.forEachCart { carts[$0.id] = $0 }
    return carts
  }

  func expectSame(_ a: Shop, _ b: Shop) throws {
    let (a, b) = (try contents(a), try contents(b))
    #expect(a.keys.sorted() == b.keys.sorted())
    for (id, cart) in a {
      let other = try #require(b[id])
      #expect(cart.hasSameContent(as: other), "\(id): \(cart.difference(to: other))")
      #expect(cart.version == other.version)
    }
  }

  /// Queries within loops, carts that are made, undone operations, orders: as a script would.
  func wander(_ handler: CommandHandler, _ carts: inout RandomCarts, undoing past: [Int64])
    throws
  {
    var rest = past
    for _ in 0..<60 {
      switch carts.random.pick(0...9) {
      case 0: _ = try handler.create([.email: "new@example.com"])
      case 1 where !rest.isEmpty:
        _ = try? handler.run.undo.revert(rest.remove(at: carts.random.pick(0...rest.count - 1)))
      case 2:
        let filter = try FilterParser(zone: .utc, now: handler.now).parse(["quantity>3", "limit=4"])
        for key in try handler.keys(matching: filter) {
          _ = try? handler.execute(.setQuantity(.position(1), 2), on: key)
        }
      case 3:
        let key = try anyCart(handler, &carts)
        _ = try? handler.execute(.order(.init(id: "", note: "n")), on: key)
      default:
        let key = try anyCart(handler, &carts)
        let cart = try #require(try handler.cart(key))
        _ = try? handler.execute(carts.command(for: cart), on: key)
      }
    }
  }

  @Test(arguments: 1...12)
  func planThenApplyEqualsRun(seed: Int) throws {
    let shops = try [shop(12, seed: UInt64(seed)), shop(12, seed: UInt64(seed))]
    var past: [Int64] = []
    for test in shops {
      let handler = test.handler("ben")
      var carts = RandomCarts(seed: UInt64(seed + 100))
      past = []
      for _ in 0..<5 {
        let number = try operation(handler) { try wander(handler, &carts, undoing: []) }
        past.append(try #require(number))
      }
    }
    let before = try contents(shops[0].shop)
    var carts = RandomCarts(seed: UInt64(seed))
    let plan = try planned(shops[0]) { try wander($0, &carts, undoing: past) }
    #expect(try contents(shops[0].shop) == before)
    let path = shops[0].folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    let (report, _) = try apply(shops[0], path)
    #expect(report.done == plan.changes.count && report.conflicts.isEmpty && report.known == 0)

    carts = RandomCarts(seed: UInt64(seed))
    let handler = shops[1].handler()
    try operation(handler) { try wander(handler, &carts, undoing: past) }
    try expectSame(shops[0].shop, shops[1].shop)
    #expect(try shops[0].shop.check().problems == [])
    for change in plan.changes {
      let cart = try #require(try contents(shops[0].shop)[change.cart])
      #expect(try cart.price(shops[0].shop.settings).total == change.after)
    }
  }

  @Test func fiveOfAHundredThatChangedAreNamed() throws {
    let test = try shop(100)
    let plan = try teaForAll(test)
    #expect(plan.changes.count == 100)
    let path = test.folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    var lines = ""
    for cart in [3, 30, 57, 58, 99] {
      lines += """
        {"type":"line.changed","at":"2026-11-01T09:00:00Z","cart":"c\(1000 + cart)","sku":"MUG-01","quantity":9}

        """
    }
    try test.take(lines)
    let (report, outcome) = try apply(test, path)
    #expect(report.done == 95 && outcome.carts == 95)
    #expect(
      report.conflicts.map(\.cart).sorted() == ["c1003", "c1030", "c1057", "c1058", "c1099"])
    #expect(
      report.conflicts.first { $0.cart == "c1030" }?.reason
        == "shopper: MUG-01: quantity 3 → 9 (2026-11-01 09:00:00)")
    #expect(try contents(test.shop)["c1003"]?.lines.map(\.sku) == ["MUG-01"])
    #expect(try contents(test.shop)["c1004"]?.lines.map(\.sku) == ["MUG-01", "TEA-01"])
    // Again: nothing happens a second time.
    let seq = try test.shop.store.lastSeq()
    let (again, _) = try apply(test, path)
    #expect(again.done == 0 && again.known == 95 && again.conflicts.count == 5)
    #expect(try test.shop.store.lastSeq() == seq)
    // Also not after it was undone: that is what redo is for.
    try takeBack(test.handler(), try #require(outcome.operation))
    #expect(try apply(test, path).report.done == 0)
    #expect(try test.shop.check().problems == [])
  }

  @Test func onlyAndExceptChoose() throws {
    let test = try shop(10)
    let plan = try teaForAll(test)
    let path = test.folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    #expect(
      throws: EngineError(
        .notFound,
        "plan \(path): has no cart 'nope'; expected an id, or its first 4 characters")
    ) { try apply(test, path, .init(only: ["nope"])) }
    #expect(try apply(test, path, .init(only: ["c1001", "c1002"])).report.done == 2)
    let (rest, _) = try apply(test, path, .init(except: ["c1010"]))
    #expect(rest.done == 7 && rest.known == 2 && rest.leftOut == 1)
    #expect(try apply(test, path).report.done == 1)
  }

  @Test func aPlanWantsTheSettingsAndRulesThatItWasMadeWith() throws {
    let test = try shop(3)
    var plan = try planned(test) { handler in
      try handler.add("TEA-01", 2, to: try handler.find("c1001"))
    }
    plan.rules = ["hold.lua": "0a"]
    let path = test.folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    #expect(
      throws: EngineError(
        .conflict,
        "the rules are not those that the plan was made with (hold.lua); make it again")
    ) { try apply(test, path, rules: ["hold.lua": "0b"]) }
    var settings = test.shop.settings
    settings.tax.rate = try Percent("7")
    try test.shop.use(settings)
    #expect(
      throws: EngineError(
        .conflict, "the settings are not those that the plan was made with (tax); make it again")
    ) { try apply(test, path, rules: ["hold.lua": "0a"]) }
    #expect(try contents(test.shop)["c1001"]?.version == 2)
  }

  /// A plan is a file, and files are edited: what it states of taking back must be what that is.
  @Test func anEditedPlanCannotFakeATakingBack() throws {
    let test = try shop(2)
    let handler = test.handler()
    let key = try handler.find("c1001")
    let number = try #require(try operation(handler) { try handler.add("TEA-01", 2, to: key) })
    let plan = try planned(test) { _ = try $0.run.undo.revert(number) }
    let path = test.folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    let text = test.folder.read("x.plan")
    func edited(_ old: String, _ new: String) throws -> ApplyReport {
      #expect(text.contains(old), "\(old)")
      test.folder.write("e.plan", text.replacing(old, with: new))
      return try apply(test, test.folder.file("e.plan")).report
    }
    #expect(throws: EngineError.self) { try edited(#""kind":"undo""#, #""kind":"redo""#) }
    #expect(throws: EngineError.self) { try edited(#""kind":"undo""#, #""kind":"change""#) }
    #expect(
      try edited(#""type":"line.removed""#, #""quantity":9,"type":"line.changed""#).conflicts.count
        == 1)
    #expect(try test.shop.store.cart(key)?.version == 3)
    #expect(try apply(test, path).report.done == 1)
    #expect(try test.shop.check().problems == [])
  }

  @Test func aPlanThatWasCutOffSaysSo() throws {
    let test = try shop(3)
    let plan = try teaForAll(test)
    let path = test.folder.file("x.plan")
    try PlanFile.write(plan, to: path)
    let lines = test.folder.read("x.plan").split(separator: "\n")
    test.folder.write("cut.plan", lines.prefix(2).joined(separator: "\n") + "\n")
    let cut = test.folder.file("cut.plan")
    #expect(
      throws: EngineError(.malformed, "plan \(cut): ends after 1 of 3 carts; make it again")
    ) { try apply(test, cut) }
    test.folder.write("odd.plan", "{\"a\":1}\n")
    let odd = test.folder.file("odd.plan")
    #expect(
      throws: EngineError(.malformed, "plan \(odd): expected a plan that cartio made")
    ) { try PlanReader(odd) }
  }

  @Test func aPlanInTheMiddleOfARunLeavesNothing() throws {
    let test = try shop(5)
    let handler = test.handler()
    let key = try handler.find("c1001")
    try operation(handler) {
      try handler.add("TEA-01", 1, to: key)
      let plan = try handler.run.plans.plan {
        try handler.add("TEA-01", 4, to: key)
        #expect(try handler.cart(key)?.lines.last?.quantity == 5)
        _ = try handler.create()
      }
      #expect(plan.changes.map(\.words) == ["TEA-01: 1 → 5", "created in EUR"])
      #expect(try handler.cart(key)?.lines.last?.quantity == 1)
    }
    #expect(try test.shop.store.cartCount() == 5)
    #expect(try test.shop.store.cart(key)?.lines.last?.quantity == 1)
    #expect(try test.shop.check().problems == [])
  }
}
