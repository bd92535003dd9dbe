import Testing

@testable import CartConsole

struct RedactionTests {
  @Test(arguments: [
    (".carts email=anna.ek+x@example.com", ".carts email=<e-mail>"),
    (#"customer("zoë@müller.de").carts"#, #"customer("<e-mail>").carts"#),
    (".customer <a@b>", ".customer <<e-mail>>"),
    (".blacklist add email=*@spam.example", ".blacklist add email=*@spam.example"),
    (".note @ ring 0221 123456, mail x_y@z.co.uk", ".note @ ring 0221 123456, mail <e-mail>"),
    (#"local api_key = "abc def""#, #"local api_key = <secret>"#),
    ("store_token=xyz123 and more", "store_token=<secret> and more"),
    ("smtp_password: hunter2", "smtp_password: <secret>"),
    ("show('Bearer abcdefghijkl')", "show('Bearer <secret>')"),
    ("smtp://user:pw@mail.example:587", "smtp://<secret>@mail.example:587"),
    (".note @ card 4111 1111 1111 1111 declined", ".note @ card <card> declined"),
    (".note @ order 4111111111111112", ".note @ order 4111111111111112"),
    ("#c.lines, c.total > 300 -- @3", "#c.lines, c.total > 300 -- @3"),
    (".cart @3", ".cart @3"),
    (".customer \"anna smith\"@example.com x", ".customer <e-mail> x"),
    (".note @ o'brien@x.ie and 'zoe@x.ie'", ".note @ <e-mail> and '<e-mail>'"),
    ("c = carts{email='anna@x.de'} -- anna/b=c@x.de", "c = carts{email='<e-mail>'} -- <e-mail>"),
    ("anna@[192.168.1.1], anna.@x.de, 🍕@x.de.", "<e-mail>, <e-mail>, <e-mail>."),
    ("mailto:anna%40example.com 'a\\64x.de' anna＠example.com", "<e-mail> '<e-mail>' <e-mail>"),
    (".allowlist add email=*@partner.example", ".allowlist add email=*@partner.example"),
    ("{[\"password\"] = \"hunter2\"}", "{[\"password\"] = <secret>}"),
    ("{\"password\":\"h 2\",\"token\": \"x\"}", "{\"password\":<secret>,\"token\": <secret>}"),
    ("p.password == \"hunter4\" and x", "p.password == <secret> and x"),
    ("password = [[hunter five]] x", "password = <secret> x"),
    ("password=\"hunter6\\\"rest6\"", "password=<secret>"),
    ("Passwort: abc, pwd=x1", "Passwort: <secret> pwd=<secret>"),
    ("set_token(\"abc\")", "set_token(<secret>)"),
    ("curl --token abc x", "curl --token <secret> x"),
    ("password hunter8", "password <secret>"),
    ("the password is reset", "the password is reset"),
    (".note @1 card 4111 1111 1111 1111 12/27", ".note @1 card <card> 12/27"),
    (".note 12345678 4111111111111111 cvc 123", ".note 12345678 <card> cvc 123"),
    ("@1 1 4111-1111-1111-1111", "@1 1 <card>"),
    ("4111.1111.1111.1111 ４１１１１１１１１１１１１１１１", "<card> <card>"),
    ("2026-11-23 22:10:05.123", "2026-11-23 22:10:05.123"),
    (
      "carts{\"total>300\", sku=\"MUG-01\"}:count()", "carts{\"total>300\", sku=\"MUG-01\"}:count()"
    ),
    ("", ""),
  ])
  func keepsWhatNamesNobody(line: String, expected: String) {
    #expect(HistoryRedaction.redacted(line) == expected)
  }
}
