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
    ("", ""),
  ])
  func keepsWhatNamesNobody(line: String, expected: String) {
    #expect(HistoryRedaction.redacted(line) == expected)
  }
}
