import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import CartTesting
import LuaKit
import Testing

/// One address in all the forms that shops send: filters, lists, rules, searches and `c:same` agree.
struct AddressFormTests {
  private static let emails: [(text: String, host: String)] = [
    ("anna@example.com", "example.com"), ("o'neil@example.ie", "example.ie"),
    ("info@xn--mnchen-3ya.de", "münchen.de"), ("a.b-c_d@sub.ex-ample.co.uk", "sub.ex-ample.co.uk"),
    ("jörg@xn--bcher-kva.example", "bücher.example"), ("7@xn--e1afmkfd.xn--p1ai", "пример.рф"),
    ("mail@xn--r8jz45g.xn--zckzah", "例え.テスト"), ("bot@r3---sn.example", "r3---sn.example"),
    ("x@xn--strae-oqa.de", "straße.de"),
  ]

  private static func forms(_ email: String, _ host: String) -> [String] {
    let local = String(email.prefix { $0 != "@" })
    let wide = String(
      String.UnicodeScalarView(
        host.unicodeScalars.map { scalar in
          (0x61...0x7a).contains(scalar.value)
            ? Unicode.Scalar(scalar.value + 0xfee0) ?? scalar : scalar
        }))
    return [
      email, "\(local)@\(host)", email.uppercased(),
      "\(local)@\(host)".uppercased()
        .replacing("STRASSE", with: "STRAßE"), " \(email)\t", "\u{FEFF}\(email)\r\n",
      "Anna Berg <\(email)>", "\"Berg, Anna\" <\(local)@\(host)>", "<\(email)>", "< \(email) >;",
      "mailto:\(email)", "MAILTO:\(local)%40\(host)?subject=Hi", "\(email).", "\(email);",
      "\(local)\u{200B}@\(host)", "\(local)@\u{200D}\(host)", "\(local)@\(wide)",
      "\(local)\u{FF20}\(host)", "\(email) (Anna)", "'\(email)'", "\"\(email)\"",
      "\(local)@\(host.replacing(".", with: "\u{3002}"))",
      "\(local)@\(host.replacing(".", with: "\u{FF0E}"))", "\(local) @ \(host)",
      "\(local)@\u{AD}\(host)", "\"\(local)\"@\(host)",
      "\(local)@\(host.replacing("ü", with: "u\u{308}").replacing("テ", with: "ﾃ"))",
    ]
  }

  private static let addresses: [(text: String, forms: [String])] = [
    v4("203.0.113.7", hex: "cb00:7107"), v4("198.51.100.250", hex: "c633:64fa"),
    v6("2001:db8::7", long: "2001:0db8:0000:0000:0000:0000:0000:0007"),
    v6("fe80::1:2", long: "fe80:0:0:0:0:0:1:2"),
  ]

  private static func v4(_ text: String, hex: String) -> (text: String, forms: [String]) {
    (
      text,
      [
        text, " \(text) ", "\(text):51234", "\(text), 10.0.0.1", "\(text),10.0.0.1, 10.0.0.2",
        "\(text):80, 10.0.0.1:80", "::ffff:\(text)", "::FFFF:\(hex)", "[::ffff:\(text)]:443",
        "\(text)/32", "\u{FEFF}\(text)", "for=\(text);proto=https", "for=\"\(text):47011\"",
        "unknown, \(text)", "\(text) 10.0.0.1", "0:0:0:0:0:ffff:\(text)",
      ]
    )
  }

  private static func v6(_ text: String, long: String) -> (text: String, forms: [String]) {
    (
      text,
      [
        text, text.uppercased(), long, " \(text)\t", "[\(text)]", "[\(text)]:443", "\(text)%eth0",
        "[\(text)%25eth0]:80", "\(text), 10.0.0.1", "[\(text)]:443, 2001:db8::9", "\(text)/128",
        "for=\"[\(text)]:4711\"", "\(long)%1", "\u{200B}\(text)",
      ]
    )
  }

  /// A text in Lua, whatever is in it.
  private static func literal(_ text: String) -> String {
    "\""
      + text.utf8.map { "\\" + String(repeating: "0", count: 3 - String($0).count) + String($0) }
      .joined() + "\""
  }

  private static func json(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(nil, text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A shop with a cart for each form.
  private func shop(_ key: String, _ forms: [String]) throws -> (TestShop, ScriptSession) {
    let test = try TestShop()
    let lines = forms.enumerated().map {
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"form-\#($0)","currency":"EUR","#
        + #""shopper":{"\#(key)":\#(Self.json($1))}}"#
    }
    let (report, rejects) = try test.take(lines.joined(separator: "\n"))
    #expect(rejects.isEmpty && report.unchecked.isEmpty, "\(rejects) \(report.unchecked)")
    let handler = test.handler()
    _ = handler.begin("look")
    return (test, try ScriptSession(handler, profile: .console, seed: 0) { _ in })
  }

  private func check(
    _ key: String, _ wanted: String, _ forms: [String], same: String, search: String
  ) throws {
    let (test, session) = try shop(key, forms)
    let count = Int64(forms.count)
    let kind: ListEntry.Kind = key == "ip" ? .ip : .email
    for form in forms where !form.hasPrefix("unknown") {
      let found = try session.run(
        "return carts{\(key) = \(Self.literal(form)), status = 'any'}:count()", name: "=t")
      #expect(found == [.integer(count)], "filter \(key)=\(form)")
      let listed = try session.handler.run.lists.preview(ListEntry.Pattern(kind, form))
      #expect(listed.open == Int(count) && listed.unchecked.isEmpty, "list \(form)")
    }
    let questions: [(String, LuaValue)] = [
      (
        search.isEmpty ? "\(count)" : "carts{\(Self.literal(search)), status = 'any'}:count()",
        .integer(count)
      ),
      ("cart('form-\(count - 1)'):same('\(same)', '30d').carts", .integer(count)),
      ("cart('form-0'):same('\(same)', '30d').known", .boolean(true)),
    ]
    for (question, answer) in questions {
      #expect(try session.run("return " + question, name: "=t") == [answer], "\(question)")
    }
    for index in forms.indices {
      let seen = try session.run("return cart('form-\(index)').\(key)", name: "=t")
      #expect(seen == [.string(wanted)], "rule: \(forms[index])")
    }
    // What is exported is what is stored.
    let events = try test.exported()
    let copy = try TestShop(seed: 2)
    try copy.take(events)
    #expect(try copy.exported() == events)
  }

  @Test func emailsAgree() throws {
    var forms = 0
    for (email, host) in Self.emails {
      let all = Self.forms(email, host)
      forms += all.count
      try check("email", email, all, same: "email", search: email)
      #expect(all.allSatisfy { EmailAddress.normalised($0) == email })
    }
    #expect(forms >= 240)
  }

  @Test func addressesAgree() throws {
    for (address, forms) in Self.addresses {
      try check("ip", address, forms, same: "ip", search: "")
    }
  }

  /// A domain in all its forms: lists of domains, filters, files of keys.
  @Test func domainsAgree() throws {
    for (email, host) in Self.emails {
      let name = String(email.drop { $0 != "@" }.dropFirst())
      for form in [name, host, host.uppercased(), host + ".", host.replacing(".", with: "。")]
      where !host.contains("ß") || !form.contains("SS") {
        #expect(DomainName.normalised(form) == name, "\(form)")
        for pattern in [form, "*@" + form, "@" + form] {
          #expect(try EmailPattern(pattern).kind == .domain(name), "\(pattern)")
        }
        #expect(try EmailPattern("*." + form).kind == .below(name), "\(form)")
      }
    }
  }

  @Test(arguments: [
    "", "nobody", "a@", "@b.c", "a b@c.de", "a@b..c", "a@-b.de", "a@b.de, c@d.de", "<>",
    "a@b_\u{1b}.de",
    "mailto:", "a,b@c.de", "a@b c.de", "unknown", "a@b@c.de", "a@＠c.de", "Ann <a@b@c.de>",
  ])
  func whatIsNoEmail(text: String) {
    #expect(EmailAddress.normalised(text) == nil && EmailAddress(text) == nil)
  }

  @Test(arguments: [
    "", "unknown", "1.2.3", "1.2.3.4.5", "256.1.1.1", "203.0.113.7:x", "203.0.113.7:123456",
    "203.0.113.0/24", "[::1", "[1.2.3.4", "x 203.0.113.7", "_hidden", "10.0.0.1;10.0.0.2",
  ])
  func whatIsNoAddress(text: String) {
    #expect(AddressBlock.normalised(text) == nil && AddressBlock(address: text) == nil)
  }

  /// What cannot be normalised stays as it is, and is counted wherever it would pass unseen.
  @Test func whatCannotBeComparedIsCounted() throws {
    let test = try TestShop()
    let (report, _) = try test.take(
      """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"odd-1","shopper":{"ip":"unknown","email":"nobody"}}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"odd-2","shopper":{"ip":"x"}}
      {"type":"shopper.identified","at":"2026-11-01T07:00:01Z","cart":"odd-2","shopper":{"email":"a@b.de"}}
      {"type":"customer.upserted","at":"2026-11-01T07:00:01Z","customer":"7","email":"also nobody"}
      """)
    #expect(report.unchecked.text == "2 IPs and 2 e-mails")
    let handler = test.handler()
    _ = handler.begin("look")
    #expect(try handler.run.lists.preview(.init(.ip, "203.0.113.0/24")).unchecked.text == "2 IPs")
    #expect(try handler.run.lists.preview(.init(.email, "*@b.de")).unchecked.text == "1 e-mail")
    #expect(try handler.run.lists.preview(.init(.country, "DE")).unchecked.isEmpty)
    try operation(handler, "ban") {
      try handler.add(.init(.ip, "203.0.113.7:80"), to: .blacklist)
    }
    let key = try test.shop.store.key(named: "odd-1")
    let found = try key.flatMap { try test.shop.store.cart($0) }
    let cart = try #require(found)
    _ = handler.begin("look")
    #expect(try handler.reader.unchecked(.blacklist, for: cart.shopper) == "IP 'unknown'")
    #expect(cart.shopper[.ip] == "unknown" && cart.shopper[.email] == "nobody")
    try operation(handler, "pass") {
      _ = try handler.run.guard.judgeAll(of: 0) { _ in }
      #expect(handler.run.guard.unchecked.text == "2 IPs")
    }
  }

  /// Nobody knows which address is meant, but a ban of its domain holds it.
  @Test(arguments: ["a@b@c.de", "A@B@C.DE", "a@b.x@mail.c.de", "a b@c.de", "Ann <a@b@c.de>"])
  func aBannedDomainHoldsWhatIsNoAddress(email: String) throws {
    let test = try TestShop()
    let (report, _) = try test.take(
      #"{"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"odd","shopper":{"email":"#
        + Self.json(email) + "}}")
    #expect(report.unchecked.text == "1 e-mail")
    let handler = test.handler()
    _ = handler.begin("look")
    let cart = try #require(try handler.cart(1))
    #expect(cart.shopper[.email] == email)
    for (pattern, isMeant) in [
      ("c.de", !email.contains("mail")), ("*.c.de", email.contains("mail")), ("b.de", false),
      ("a@b.de", false),
    ] {
      let entry = ListEntry(
        id: "e", list: .blacklist, pattern: try .init(.email, pattern), author: .importer,
        created: TestShop.start)
      #expect(entry.pattern.matches(cart.shopper) == isMeant, "\(pattern)")
      let index = ListIndex([entry], now: TestShop.start)
      #expect((index.entry(for: cart.shopper) != nil) == isMeant, "\(pattern)")
      let preview = try handler.run.lists.preview(entry.pattern)
      #expect(preview.open == (isMeant ? 1 : 0) && preview.unchecked.text == "1 e-mail")
    }
    let session = try ScriptSession(handler, profile: .console, seed: 0) { _ in }
    let host = email.contains("mail") ? "mail.c.de" : "c.de"
    #expect(
      try session.run("return carts{email = \(Self.literal(email))}:count()", name: "=t")
        == [.integer(1)])
    #expect(
      try session.run("return cart('odd'):same('domain', '30d').known", name: "=t")
        == [.boolean(true)])
    #expect(EmailAddress.domain(of: email) == host)
  }

  @Test(arguments: ["*", "*@*", "?@*", "*@*.*", "**@**", "*@?", "198.51.100.1-198.51.100.20"])
  func whatIsAboutEverybodyIsRefused(text: String) {
    #expect(throws: ModelError.self) { try EmailPattern(text) }
  }
}
