import CartEngine
import CartExchange
import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// Lists in files, and what an entry would hit.
extension GuardTests {
  @Test func importsAreHistoryUnlessTheyAreLive() throws {
    let test = try shop()
    _ = try ban(test, .email, "*@example.com")
    let line = """
      {"type":"line.added","at":"2026-11-01T09:00:00Z","cart":"%","sku":"TEA-01","quantity":1,"price":"4.20"}
      """
    try test.take(line.replacing("%", with: "c1000"))
    #expect(try cart(test, "c1000").state == .open)
    var options = EventImport.Options()
    options.live = true
    let importer = try EventImport(test.shop, source: "live", options: options) {
      (reject: Reject) throws(EngineError) in Issue.record("\(reject)")
    }
    try importer.accept(line: Array(line.replacing("%", with: "c1001").utf8)[...], number: 1)
    // The store's word counts: its order of a held cart did happen.
    try importer.accept(
      line: Array(
        #"{"type":"cart.ordered","at":"2026-11-01T09:00:01Z","cart":"c1001","order":"9"}"#.utf8)[
          ...],
      number: 2)
    #expect(try importer.finish().held == 1)
    let ordered = try cart(test, "c1001")
    #expect(ordered.state == .ordered && ordered.flags == ["blacklist"])
    #expect(try test.shop.check().problems == [])
  }

  @Test func anExportBringsListsHoldsAndFlagsAlong() throws {
    let test = try shop()
    _ = try ban(test, .email, "s0@example.com", ttl: try Span("7d"))
    _ = try ban(test, .country, "FR", on: .allowlist)
    let handler = test.handler()
    try operation(handler) {
      try handler.add("TEA-01", 1, to: handler.find("c1000"))
      try handler.execute(
        .flag(.init(rule: "hoard", source: "3", reason: "many")), on: handler.find("c1001"))
    }
    try operation(handler) { try handler.run.lists.remove(.init(.country, "FR"), from: .allowlist) }
    let text = try test.exported()
    let copy = try TestShop(seed: 2)
    let (_, rejects) = try copy.take(text)
    #expect(rejects.isEmpty)
    #expect(try copy.exported() == text)
    #expect(try copy.shop.store.entries() == test.shop.store.entries())
    #expect(try cart(copy, "c1000").heldBy == cart(test, "c1000").heldBy)
    #expect(try cart(copy, "c1001").flags == ["hoard"])
    #expect(try copy.shop.check().problems == [])
  }

  @Test func thePreviewKnowsWhomAnEntryWouldHit() throws {
    let test = try shop(200)
    let handler = test.handler()
    try operation(handler) {
      for name in 0..<50 {
        try handler.execute(.order(.init(id: "")), on: handler.find("c\(1000 + name)"))
      }
    }
    let narrow = try handler.run.lists.preview(.init(.ip, "203.0.113.199"))
    #expect((narrow.open, narrow.orders, narrow.warnings) == (1, 0, []))
    let wide = try handler.run.lists.preview(.init(.ip, "203.0.113.0/29"))
    #expect((wide.open, wide.orders) == (0, 8))
    #expect(wide.orderValue.map(\.description) == ["103.92 EUR"])
    #expect(wide.share.description == "16")
    #expect(wide.warnings == ["its orders are 16 % of the turnover, more than 1 %"])
    #expect(
      try handler.run.lists.preview(.init(.ip, "192.168.1.0/24")).warnings == [
        "it is about 192.168.0.0/16, a private net: a proxy of the shop's own, not a shopper"
      ])
    var settings = test.shop.settings
    settings.lists.own = ["198.51.100.7", "*@shop.example"]
    try test.shop.use(settings)
    #expect(
      try handler.run.lists.preview(.init(.ip, "198.51.100.0/24")).warnings == [
        "it is about 198.51.100.7, which is the shop's own"
      ])
    #expect(
      try handler.run.lists.preview(.init(.email, "anna@shop.example")).warnings == [
        "it is about *@shop.example, which is the shop's own"
      ])
  }

  /// The rows of a list file, and its rejects.
  private func rows(_ text: String) throws -> [String] {
    var file = ListFile(
      LineReader(bytes: Array(text.utf8)), list: .blacklist,
      times: FilterParser(zone: .utc, now: TestShop.start))
    var shown: [String] = []
    while let item = try file.next() {
      switch item {
      case .rows(let rows):
        shown += rows.map {
          "\($0.list.name) \($0.pattern.kind.name) \($0.pattern.text) \($0.reason)"
        }
      case .reject(let reject): shown.append("\(reject.line)! \(reject.reason)")
      }
    }
    return shown
  }

  @Test func filesOfAllFormsAreRead() throws {
    #expect(
      try rows("# disposable\n0-mail.com\n10.1.0.0/16\nDE\nspam@x.example\nwhat is this\n") == [
        "blacklist email *@0-mail.com ", "blacklist ip 10.1.0.0/16 ", "blacklist country DE ",
        "blacklist email spam@x.example ",
        "6! expected an IP address, a block or a range of them, an e-mail, a domain or a country, got "
          + "'what is this'",
      ])
    #expect(
      try rows("email,reason,list\n\"a@x.example\",\"said \"\"no\"\", twice\",allowlist\n,x,\n")
        == [
          "allowlist email a@x.example said \"no\", twice",
          "3! expected one of ip, email and country, got 0",
        ])
    #expect(
      try rows(#"{"ip":"203.0.113.9","reason":"cards"}"#) == ["blacklist ip 203.0.113.9 cards"])
    #expect(
      try rows(#"{"ip":"203.0.113.9","reson":"cards"}"#)
        == ["1! unknown key 'reson'; did you mean 'reason'?"])
  }

  @Test func publishedFilesAreRead() throws {
    // As lists are published: a comment, a count, blanks, a range, an address with a mistake.
    #expect(
      try rows(
        "\u{FEFF}; comment\r\n203.0.113.0/24 ; SBL1\r\n203.0.113.9\t7 \r\nspam.example , x\r\n"
          + "198.51.100.1-198.51.100.6\r\n1.2.3.400\r\n198.51.100.9-198.51.100.1\r\nbad.example # 3\r\n"
      ) == [
        "blacklist ip 203.0.113.0/24 ", "blacklist ip 203.0.113.9 ",
        "blacklist email *@spam.example ", "blacklist ip 198.51.100.1 ",
        "blacklist ip 198.51.100.2/31 ", "blacklist ip 198.51.100.4/31 ",
        "blacklist ip 198.51.100.6 ",
        "6! ip: expected an address, a block or a range, got '1.2.3.400'",
        "7! ip: expected an address, a block or a range, got '198.51.100.9-198.51.100.1'",
        "blacklist email *@bad.example ",
      ])
    #expect(
      try rows("IP;Reason\n203.0.113.7;\"a;b\"\n\"203.0.113.8;open\n203.0.113.9\n") == [
        "blacklist ip 203.0.113.7 a;b", "3! quote not closed", "blacklist ip 203.0.113.9 ",
      ])
    #expect(
      try rows("ip\treason\n2001:db8::-2001:db8::ffff\tnet\n") == [
        "blacklist ip 2001:db8::/112 net"
      ])
    let error = #expect(throws: EngineError.self) { try rows("ip,reson\n203.0.113.7,x\n") }
    #expect(
      error?.message
        == "the header has an unknown column 'reson'; expected some of country, domain, email, entry, "
        + "expires, ip, list, reason, tell, ttl, value; did you mean 'reason'?")
  }
}
