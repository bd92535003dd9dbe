import CartModel
import Testing

/// What filters are read as, and what they refuse.
struct FilterGrammarTests {
  private let parser = FilterParser(
    zone: .utc, now: Timestamp(milliseconds: 1_793_520_000_000))  // 2026-11-01T08:00:00Z

  /// A filter's parts as words of a line, and its options.
  private func shown(_ filter: Filter) -> String {
    let options = filter.texts.dropFirst(filter.expression.texts.count)
    return (filter.expression.texts + options).joined(separator: " | ")
  }

  /// A line's words read, as texts that read the same.
  private func line(_ text: String) -> String {
    do { return shown(try parser.parse(try TypedWord.split(text))) } catch { return "\(error)" }
  }

  /// One text of a script.
  private func text(_ text: String) -> String {
    do {
      var filter = Filter()
      try parser.add(text, to: &filter)
      return shown(filter)
    } catch { return "\(error)" }
  }

  private func arguments(_ texts: String...) -> String {
    do { return shown(try parser.parse(texts)) } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("country=DE total>100 anna", "country=DE | total>100 | anna"),
    ("country=DE and total>100", "country=DE | total>100"),
    ("country=DE or country=AT", "(country=DE or country=AT)"),
    ("country=DE OR country=AT AND total>3", "(country=DE or (country=AT and total>3))"),
    ("(country=DE or country=AT) total>3", "(country=DE or country=AT) | total>3"),
    ("not country=DE", "not country=DE"),
    ("not (country=DE or not anna)", "not (country=DE or not anna)"),
    ("not(country=DE) and(anna)", "not country=DE | anna"),
    ("((total>1))", "total>1"),
    ("limit=3 (anna or ben) sort=-total", "(anna or ben) | sort=-total | limit=3"),
    ("anna limit=3 or ben", "(anna or ben) | limit=3"),
    ("name=\"Luca Rossi\"", "name=\"Luca Rossi\""),
    ("name=\"Rossi, Luca\",Ben", "name=\"Rossi, Luca\",Ben"),
    ("\"or\" \"total>3\" \"(a\"", "\"or\" | \"total>3\" | \"(a\""),
    ("(name=\"a or b\" or \"x y\")", "(name=\"a or b\" or \"x y\")"),
    ("Mug(blue) (Mug(red) or x)", "\"Mug(blue)\" | (\"Mug(red)\" or x)"),
    (
      "option.\"frame colour\"=red option.size!=XL", "option.\"frame colour\"=red | option.size!=XL"
    ),
    ("shipping.country=DE billing.city~K*", "shipping.country=DE | billing.city~K*"),
    (
      "type=guest flag=x order=7 customer=7",
      "shopper_type=guest | flags=x | order_id=7 | customer_id=7"
    ),
    ("phone=\"\" order_total=\"\"", "phone= | order_total="),
    ("created=2026-10-28", "created=2026-10-28"),
    ("created=yesterday updated<=today", "created=2026-10-31 | updated<=2026-11-01"),
    ("created=\"28.10.2026 14:00\"", "created=\"2026-10-28 14:00\""),
    ("created>\"last monday\"", "created>2026-10-26"),
    ("created>2h", "created>2026-11-01T06:00:00.000Z"),
    ("since=\"20m ago\"", "updated>=2026-11-01T07:40:00.000Z"),
    (
      "columns=id,email,shipping.city by=country page=2",
      "page=2 | by=country | columns=id,email,shipping.city"
    ),
  ])
  func readsALine(_ typed: String, _ read: String) { #expect(line(typed) == read) }

  @Test(arguments: [
    ("(total>1)", "total>1"), ("not country=DE", "not country=DE"),
    ("(total>300 or country=DE)", "(total>300 or country=DE)"),
    ("(total>300 or country=DE) limit=2", "(total>300 or country=DE) | limit=2"),
    ("name=Luca Rossi", "name=\"Luca Rossi\""), ("Luca Rossi", "\"Luca Rossi\""),
    ("name=Tom and Jerry", "name=\"Tom and Jerry\""), ("Mug)", "\"Mug)\""),
    ("\"a or b\"", "\"a or b\""), (" total>3 ", "total>3"),
    ("name='Luca Rossi'", "name=\"Luca Rossi\""), ("mug \"blue\"", "'mug \"blue\"'"),
  ])
  func readsOneText(_ given: String, _ read: String) { #expect(text(given) == read) }

  @Test func readsArguments() {
    #expect(arguments("country=DE", "or", "country=AT") == "(country=DE or country=AT)")
    #expect(
      arguments("(country=DE or country=AT)", "anna", "limit=2")
        == "(country=DE or country=AT) | anna | limit=2")
    #expect(arguments("(country=DE", "or", "name=Luca)") == "(country=DE or name=Luca)")
    #expect(arguments("not", "country=DE") == "not country=DE")
    #expect(arguments("not country=DE", "or", "(a or b)") == "(not country=DE or (a or b))")
    #expect(arguments("phone=") == "phone=")
    #expect(
      arguments("(country=DE", "or anna)")
        == "filter: a '(' has no ')' behind it; quotes make text of a parenthesis")
  }

  @Test func keysOfATableAreValues() throws {
    var filter = Filter()
    try parser.add("name", ["Rossi, Luca", "or"], to: &filter)
    try parser.add("status", "active,held", to: &filter)
    try parser.add("limit", "5", to: &filter)
    #expect(
      filter.texts == ["name=\"Rossi, Luca\",or", "status=active,held", "limit=5"])
    var other = Filter()
    try parser.add("name=\"Luca Rossi\"", to: &other)
    try parser.add("\"blue mug\"", to: &other)
    #expect(other.texts == ["name=Luca Rossi", "blue mug"])
    #expect(throws: ModelError.self) { try parser.add("country", [], to: &filter) }
  }

  /// What would be another question than the one that was meant.
  @Test(arguments: [
    ("or", "filter: expected a test before 'or', as (country=DE or country=AT)"),
    ("anna or", "filter: expected a test behind 'or', as (country=DE or country=AT)"),
    ("anna or or ben", "filter: expected a test behind 'or', as (country=DE or country=AT)"),
    ("not", "filter: expected a test behind 'not', as (country=DE or country=AT)"),
    ("()", "filter: expected a test behind '(', as (country=DE or country=AT)"),
    ("(anna", "filter: a '(' has no ')' behind it; quotes make text of a parenthesis"),
    ("anna)", "filter: a ')' has no '(' before it; quotes make text of a parenthesis"),
    ("(anna limit=3)", "filter: limit= must stand outside parentheses"),
    ("limit=3 limit=4", "filter: limit= is given twice"),
    ("limit>3", "limit: expected limit=20, got limit>3"),
    ("columns=id,nope", "filter: no field 'nope'"),
    (
      "limit 5", "filter: 'limit' stands alone; write limit=20, or in quotes to search for the text"
    ),
    (
      "order by total",
      "filter: 'order' stands alone; write order=VALUE, or in quotes to search for the text"
    ),
    (
      "where country=DE",
      "filter: 'where' stands alone; write tests as country=DE total>100, or in quotes to search for "
        + "the text"
    ),
    (
      "country DE",
      "filter: 'country' stands alone; write country=VALUE, or in quotes to search for the text"
    ),
    (
      "country:DE",
      "filter: 'country:DE' is no test; write country=VALUE, or in quotes to search for the text"
    ),
    (
      "-h",
      "filter: '-h' is no option here; write options as limit=20, or in quotes to search for the text"
    ),
    (
      "!country=DE",
      "filter: '!country=DE' is no test; write field, sign and value without blanks, as total>100, or "
        + "in quotes to search for the text"
    ),
    (
      "total > 100",
      "filter: '>' stands alone; expected field, sign and value as one word, as total>100"
    ),
    (
      "name==anna",
      "filter: name==: expected one of = != < <= > >= ~; quotes make text of a sign"
    ),
    ("name=~anna", "filter: name=~: expected one of = != < <= > >= ~; quotes make text of a sign"),
    ("attr=x", "filter: no field 'attr'"),
    ("shipping.contry=DE", "filter: no field 'shipping.contry'; did you mean 'shipping.country'?"),
    ("option.=x", "filter: expected option.NAME, got option."),
    ("phone=*", "phone: '*' is every value; phone!=\"\" finds what is known"),
    ("ip~*", "ip: '*' is every value; ip!=\"\" finds what is known"),
    (
      "email=rossi",
      "email: expected an e-mail address, got 'rossi'; email=*rossi* finds it as a part"
    ),
    ("type=gest", "shopper_type: expected guest or registered, got 'gest'; did you mean 'guest'?"),
    ("status!=any", "status: no cart is of no status; use status=any"),
    ("created=2h", "created: '2h' is one moment; use < or >, or = with a day as yesterday"),
    (
      "created>11/29/2026",
      "time: expected 2026-11-01 14:00, ISO 8601 or a span ago as 2h, got "
        + "'11/29/2026'; day and month can be read either way: write 2026-11-28 or 28.11.2026"
    ),
    ("since>2h", "since: expected since=VALUE; use updated with another sign or several values"),
    ("pending=maybe", "pending: expected true or false, got 'maybe'"),
  ])
  func refuses(_ typed: String, _ message: String) {
    #expect(line(typed).hasPrefix(message), "\(line(typed))")
  }

  @Test(arguments: [
    (
      "country=DE or country=AT",
      "filter: 'country=DE or country=AT' has an 'or' outside parentheses; expected (A or B), or quotes "
        + "around a text"
    ),
    ("anna or ben", "filter: 'anna or ben' has an 'or' outside parentheses"),
    ("name=anna and total>3", "filter: 'name=anna and total>3' has an 'and' outside parentheses"),
    ("total > 100", "filter: 'total > 100' is no test"),
    ("name= anna", "filter: name=: a value begins with a blank"),
    ("country=DE, AT", "filter: country=: a value begins with a blank"),
    ("(total>1", "filter: a '(' has no ')' behind it"),
    ("or", "filter: 'or' stands alone"), ("", "filter: expected field=value or a word"),
    ("name=\"x", "filter: a quote \" has no end in '\"x'"),
  ])
  func refusesOneText(_ given: String, _ message: String) {
    #expect(text(given).hasPrefix(message), "\(text(given))")
  }

  @Test func boundsWhatIsNested() {
    let deep = String(repeating: "(", count: 51) + "anna" + String(repeating: ")", count: 51)
    #expect(line(deep) == "filter: expected parentheses at most 50 deep")
    let long = Array(repeating: "anna", count: 301).joined(separator: " ")
    #expect(line(long) == "filter: expected at most 300 tests and words, got 301")
    #expect(line(String(repeating: "not ", count: 100_000) + "anna").hasPrefix("filter: expected"))
  }

  /// Whatever a filter is, its texts read as the same.
  @Test(arguments: [
    "(a or \"b c\") and not (country=DE,AT or name~\"L*, x\")", "name=\"it's\" '5\" pipe'",
    "\"it's\" 'say \"or\"' option.\"a=b\"=\"x y\"", "created=2026-10-28 limit=3 sort=email",
    "status=any (status=held or not total<=3.50)", "idle>90m order_total!=\"\" pending=no",
  ])
  func textsReadAsTheSame(_ typed: String) throws {
    let filter = try parser.parse(try TypedWord.split(typed))
    var again = Filter()
    for text in filter.texts { try parser.add(text, to: &again) }
    #expect(again == filter)
    let line = try parser.parse(
      try TypedWord.split(filter.expression.texts.joined(separator: " ")))
    #expect(line.expression == filter.expression)
  }

  @Test func equalTimesAreThoseOfTheUnitTyped() throws {
    func matches(_ test: String, _ time: String) throws -> Bool {
      var cart = Cart(key: 1, id: "c", currency: .eur, at: try Timestamp(time))
      cart.touched = parser.now
      return try parser.parse([test]).matches(
        cart, FilterContext(now: parser.now, settings: StoreSettings()))
    }
    for (test, time, isMatch) in [
      ("created=yesterday", "2026-10-31T00:00:00.000Z", true),
      ("created=yesterday", "2026-10-31T23:59:59.999Z", true),
      ("created=yesterday", "2026-11-01T00:00:00.000Z", false),
      ("created=2026-10-31 14:00", "2026-10-31T14:00:59.999Z", true),
      ("created=2026-10-31 14:00", "2026-10-31T14:01:00.000Z", false),
      ("created=2026-10-31T14:00:05Z", "2026-10-31T14:00:05.900Z", true),
      ("created=2026-10-31T14:00:05.100Z", "2026-10-31T14:00:05.900Z", false),
      ("created>2026-10-31", "2026-10-31T14:00:05.900Z", false),
      ("created>=2026-10-31", "2026-10-31T14:00:05.900Z", true),
      ("created<=2026-10-31", "2026-10-31T14:00:05.900Z", true),
      ("created<2026-10-31", "2026-10-31T14:00:05.900Z", false),
      ("created!=2026-10-31,2026-10-29", "2026-10-30T14:00:05.900Z", true),
    ] {
      #expect(try matches(test, time) == isMatch, "\(test) \(time)")
    }
  }
}
