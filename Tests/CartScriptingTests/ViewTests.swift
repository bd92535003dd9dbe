import CartEngine
import CartModel
import CartStorage
import CartScripting
import CartTesting
import Testing

/// Fields that are answered from a view are what the host answers.
struct ViewTests {
  private static let rule = """
    rule "all" {
      params = { most = 30 },
      when = function(c, p)
        local list = {}
        for _, name in ipairs{"id", "status", "created", "updated", "idle", "version", "currency",
          "quantity", "domain", "customer_id", "shopper_type", "coupon", "session", "ip", "country",
          "browser", "email", "name", "phone", "company", "group", "discount",
          "shipping", "tax", "order_id"} do
          list[#list + 1] = tostring(c[name])
        end
        local t, s, lines = c.total, c.subtotal, c.lines
        for i, l in ipairs(lines) do
          list[#list + 1] = i .. l.id .. l.sku .. l.name .. l.quantity .. tostring(l.total) .. l.image
          list[#list + 1] = l.price .. tostring(l) .. tostring(l == lines[i])
        end
        list[#list + 1] = #lines .. tostring(lines[#lines + 1]) .. tostring(lines[0])
        list[#list + 1] = tostring(t > p.most) .. tostring(t <= 30) .. tostring(t < s)
          .. tostring(p.most >= t) .. tostring(t > 12.5) .. tostring(t) .. tostring(s)
        return table.concat(list, "|"):gsub("[\\128-\\255]", "?"):sub(1, 499)
      end,
    }
    """

  @Test(arguments: 1...5) func aViewAnswersAsTheHostDoes(_ seed: Int) throws {
    var settings = StoreSettings()
    settings.tax.countries = ["AT": .init(rate: Percent(millionths: 20_000_000))]
    var post = StoreSettings.Shipping.Method(name: "post", fees: [(0, 490)])
    post.countries = ["DE"]
    settings.shipping.methods = [post]
    let test = try TestShop(settings: settings)
    var random = RandomCarts(seed: UInt64(seed))
    let handler = test.handler()
    func session() throws -> ScriptSession {
      let session = try ScriptSession(handler, profile: .rule, seed: 0) { _ in }
      session.limit(.rule)
      session.isFenced = true
      _ = try session.run(Self.rule, name: "@all.lua")
      return session
    }
    let (hosted, viewed) = (try session(), try session())
    viewed.view = CartView()
    var keys: [Int64] = []
    try operation(handler, "carts") {
      for _ in 0..<20 {
        let key = try handler.create(
          currency: random.random.pick([.eur, .jpy]),
          [.email: random.random.pick(["a@é.de", "b@x.de", ""]), .name: "Zoë"]
        ).key
        for _ in 0..<random.random.pick(0...20) {
          try handler.execute(.add(random.line().unidentified), on: key)
        }
        for address in [false, true] where random.random.chance(60) {
          let fields = random.fields(address: address)
          try handler.execute(address ? .setAddress(fields) : .identify(fields), on: key)
        }
        keys.append(key)
      }
    }
    _ = handler.begin("")
    let from = Timestamp(milliseconds: 0)
    let block = CartBlock()
    try test.shop.store.readOpenRows(after: 0, touched: from, most: 100, into: block)
    try block.forEach { row in
      let cart = try #require(try test.shop.store.cart(row.key))
      #expect(try row.cart() == cart)
      #expect(row.destination == cart.destination)
    }
    for name in try handler.keys(matching: Filter()) {
      let a = try hosted.judge(hosted.rules[0], name)
      let b = try viewed.judge(viewed.rules[0], name)
      #expect(a == b)
    }
    #expect(keys.count == 20)
  }
}
