import CartEngine
import CartModel
import CartStorage
import CartSupport
import Glibc

/// A pass of ten rules over open carts, beside a plain C program with the same rules.
enum RuleBenchmarks {
  private static let rules = """
    rule "far-and-dear" {
      params = { most = 300 },
      when = function(c, p) return c.country == "BR" and c.total > p.most end,
    }
    rule "hoarding" {
      params = { pieces = 20 },
      when = function(c, p)
        for _, line in ipairs(c.lines) do
          if line.quantity > p.pieces then return line.quantity .. " x " .. line.sku end
        end
      end,
    }
    local disposable = list "disposable.txt"
    rule "disposable" {
      when = function(c) return disposable:has(c.domain) and "disposable " .. c.domain end,
    }
    rule "numbers" {
      when = function(c) return c.email:find("%d%d%d%d%d%d@") ~= nil and c.quantity > 9 end,
    }
    rule "bot" { when = function(c) return c.browser:find("bot", 1, true) ~= nil end }
    rule "cheap-many" { when = function(c) return c.quantity > 5 and c.subtotal < c.quantity * 4 end }
    rule "no-mail" {
      when = function(c) return c.email == "" and c.ip ~= "" and c.total > 500 end,
    }
    rule "guest" {
      when = function(c)
        return c.customer_id == 0 and c.total > 900 and "guest with " .. tostring(c.total)
      end,
    }
    rule "idle" { when = function(c) return c.idle > 70000 and c.quantity >= 6 end }
    rule "dear-line" {
      when = function(c)
        for _, line in ipairs(c.lines) do
          if line.total > 1200 and c.country ~= "DE" then return line.sku end
        end
      end,
    }
    """

  static func run(_ cartio: String, _ anchor: String, _ folder: String, carts: Int) throws {
    let database = folder + "/rules.db"
    setenv("CARTIO_DB", folder + "/base.db", 1)
    setenv("CARTIO_RULES", folder + "/rules", 1)
    try Files.makeFolder(folder + "/rules/lists")
    try write(folder + "/rules/ten.lua", rules)
    try write(
      folder + "/rules/lists/disposable.txt",
      (0..<10_000).map { "throwaway\($0).example\n" }.joined() + "mailinator.com\n")
    try write(carts, to: folder + "/rules.jsonl")
    guard Benchmarks.run([cartio, "import", folder + "/rules.jsonl"]),
      Benchmarks.run([cartio, "rules", "list"])
    else { return print("rules: import failed") }
    setenv("CARTIO_DB", database, 1)
    let copy = CopiedDatabase(base: folder + "/base.db", copy: database)
    let own = copy.time([cartio, "rules", "run"])
    let plain = copy.time(
      [anchor, "rules", database, folder + "/rules/ten.lua", folder + "/rules/lists"])
    Benchmarks.show(
      "ten rules over \(carts) open carts", own, "plain C", plain, goal: 1.2)
    try runShared(cartio, folder, carts, copy)
    unsetenv("CARTIO_RULES")
    for name in ["rules.jsonl", "rules/ten.lua"] { unlink(folder + "/" + name) }
    copy.remove()
  }

  /// A rule that asks of other carts, in a pass and live, beside one that does not.
  private static func runShared(
    _ cartio: String, _ folder: String, _ carts: Int, _ copy: CopiedDatabase
  ) throws {
    let questions = ["10m", "1h", "2h", "1d", "2d"].map { "c:same(\"ip\", \"\($0)\").carts" }
    func rule(_ body: String) throws {
      try write(folder + "/rules/ten.lua", "rule \"one\" { when = function(c) return \(body) end }")
      setenv("CARTIO_DB", folder + "/base.db", 1)
      defer { setenv("CARTIO_DB", folder + "/rules.db", 1) }
      guard Benchmarks.run([cartio, "rules", "enforce", "one", "--yes"]) else {
        throw ModelError(.malformed, "benchmark: the rule is refused")
      }
    }
    let edits = folder + "/edits.lua"
    try write(
      edits,
      "for c in carts{limit = 2000} do c:set(c.lines[1], c.lines[1].quantity % 5 + 1) end")
    var (passes, lives): ([Double], [Double]) = ([], [])
    for body in [
      "c.quantity > 99999", questions[0] + " > 99999",
      questions.joined(separator: " + ") + " > 99999",
    ] {
      try rule(body)
      guard let pass = copy.time([cartio, "rules", "run", "one"]),
        let live = copy.time([cartio, "run", "--yes", edits])
      else { return print("c:same: a run failed") }
      passes.append(pass)
      lives.append(live)
    }
    let each = (passes[2] - passes[1]) / 4 / Double(carts) * 1e6
    let first = (passes[1] - passes[0]) / Double(carts) * 1e6
    print(
      "c:same in a pass: \(LuaBenchmarks.rounded(each)) µs a call (at most 1 wanted), "
        + "\(LuaBenchmarks.rounded(first)) µs the first one, which reads the facts of all")
    let single = (lives[1] - lives[0]) / 2000 * 1e6
    print("c:same live: \(LuaBenchmarks.rounded(single)) µs a call (at most 50 wanted)")
  }

  private static func write(_ path: String, _ text: String) throws {
    try Benchmarks.write(text, to: path)
  }

  /// Carts of the last nineteen hours.
  static func write(_ carts: Int, to path: String) throws {
    var random = SeededRandom(seed: 1)
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var at = Timestamp(milliseconds: Int64(time.tv_sec) * 1000 - 20 * 3_600_000)
    let step = Int64(19 * 3_600_000 / max(carts, 1))
    let file = try OutputFile(path)
    for _ in 0..<carts {
      at = at.advanced(by: step)
      let digits = hexadecimal(EventKey(high: random.next(), low: random.next()).bytes)
      let cart = "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(4))-\(digits.suffix(20))"
      let ip = "\(random.pick(1...223)).\(random.pick(0...255)).\(random.pick(0...255)).7"
      let country = random.pick(["DE", "DE", "DE", "AT", "CH", "FR", "BR"])
      let domain = random.pick(0...40) == 0 ? "mailinator.com" : "example.com"
      try file.write(
        """
        {"type":"cart.created","at":"\(at)","cart":"\(cart)","currency":"EUR",\
        "session":"s\(random.pick(0...99_999_999))","shopper":{"type":"guest",\
        "email":"shopper\(random.pick(0...499_999))@\(domain)","ip":"\(ip)",\
        "country":"\(country)","browser":"Mozilla/5.0 (X11; Linux x86_64)"}}

        """)
      for line in 0..<3 {
        let product = random.pick(0...499)
        let quantity = random.chance(30) ? random.pick([1, 1, 1, 2, 3, 5, 21]) : 1
        try file.write(
          """
          {"type":"line.added","at":"\(at)","cart":"\(cart)","line":"l\(line)",\
          "sku":"SKU-\(product)","name":"A product of the shop no \(product)",\
          "quantity":\(quantity),"price":"\(random.pick(3...120)).99","options":{"colour":"blue"}}

          """)
      }
    }
    try file.commit()
  }
}
