import CartModel

/// What the event log holds of rules: their versions, settings, sources and decisions.
extension CartStore {
  /// All versions and settings of rules in the order in which they came, with who made them.
  public func ruleEvents() throws(StoreError) -> [Event] {
    try stepping { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type IN (?, ?) ORDER BY seq")
      rows.bind(1, Int64(EventType.ruleVersioned.rawValue))
      rows.bind(2, Int64(EventType.ruleSet.rawValue))
      var list: [Event] = []
      while try rows.step() { list.append(try statements.entry(rows).event) }
      return list
    }
  }

  /// The text of a source; nil where it is not recorded.
  public func source(_ digest: String) throws(StoreError) -> String? {
    try read { statements in
      if let known = statements.sources[digest] { return known }
      let statement = try statements("SELECT text FROM source WHERE digest = ?")
      statement.bind(1, digest)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      let text = statement.text(0)
      // A digest has one text for ever; lists can be long.
      if text.utf8.count <= 1 << 16, statements.sources.count < 100 {
        statements.sources[digest] = text
      }
      return text
    }
  }

  /// How many carts a version of a rule matched, and on how many it failed.
  public func decisions(of rule: String, version: Int64) throws(StoreError) -> (
    hits: Int64, errors: Int64
  ) {
    try read {
      let statement = try $0(
        "SELECT count(*) FILTER (WHERE outcome NOT IN (3, 5)), count(*) FILTER (WHERE outcome = 3) "
          + "FROM decision WHERE rule = ? AND version = ?")
      statement.bind(1, rule)
      statement.bind(2, version)
      defer { statement.reset() }
      return try statement.step() ? (statement.int(0), statement.int(1)) : (0, 0)
    }
  }

  /// The latest decision of each rule on each cart that it matched.
  public func hits() throws(StoreError) -> [RuleHit] {
    try stepping {
      let rows = try $0.fresh(
        "SELECT rule, cart, version, shadow FROM decision WHERE outcome NOT IN (3, 5) "
          + "ORDER BY rule, cart")
      var list: [RuleHit] = []
      while try rows.step() {
        list.append(
          RuleHit(
            rule: rows.text(0), cart: rows.int(1), version: rows.int(2), isShadow: rows.int(3) == 1)
        )
      }
      return list
    }
  }

  /// What rules and policies said from `since` and before `until`, in order; nil for no bound.
  public func decisions(since: Timestamp?, until: Timestamp?) throws(StoreError) -> [Event] {
    try stepping { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type = ? AND at >= ? AND at < ? "
          + "ORDER BY at, seq")
      rows.bind(1, Int64(EventType.decisionMade.rawValue))
      rows.bind(2, since?.milliseconds ?? .min)
      rows.bind(3, until?.milliseconds ?? .max)
      var list: [Event] = []
      while try rows.step() { list.append(try statements.entry(rows).event) }
      return list
    }
  }

  /// The latest decision of a rule on a cart; nil without one.
  public func decision(of rule: String, on cart: Int64) throws(StoreError) -> RecordedDecision? {
    try read {
      let statement = try $0(
        "SELECT version, outcome, shadow FROM decision WHERE rule = ? AND cart = ?")
      statement.bind(1, rule)
      statement.bind(2, cart)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return RecordedDecision(
        rule: rule, version: statement.int(0), outcome: statement.int(1),
        isShadow: statement.int(2) == 1)
    }
  }

  /// The latest decisions of all rules on the carts of a range of keys, by cart.
  ///
  /// - Complexity: O(rules × log decisions + decisions in the range), in one statement.
  public func decisions(after: Int64, through: Int64) throws(StoreError)
    -> [Int64: [RecordedDecision]]
  {
    try read { statements in
      // The key of the table begins with the rule: each is sought by itself.
      let rows = try statements(
        """
        WITH RECURSIVE rules(name) AS (SELECT min(rule) FROM decision
          UNION ALL SELECT (SELECT min(rule) FROM decision WHERE rule > name) FROM rules
            WHERE name IS NOT NULL)
        SELECT cart, rule, version, outcome, shadow FROM rules JOIN decision ON rule = name
        WHERE cart > ? AND cart <= ?
        """)
      rows.bind(1, after)
      rows.bind(2, through)
      defer { rows.reset() }
      var found: [Int64: [RecordedDecision]] = [:]
      while try rows.step() {
        found[rows.int(0), default: []].append(
          RecordedDecision(
            rule: rows.text(1), version: rows.int(2), outcome: rows.int(3),
            isShadow: rows.int(4) == 1))
      }
      return found
    }
  }

  /// When a rule was last against a cart; nil for never.
  public func lastHit(of rule: String) throws(StoreError) -> Timestamp? {
    try read {
      let statement = try $0("SELECT max(at) FROM decision WHERE rule = ? AND outcome != 3")
      statement.bind(1, rule)
      defer { statement.reset() }
      guard try statement.step(), !statement.isNull(0) else { return nil }
      return Timestamp(milliseconds: statement.int(0))
    }
  }

  /// How many carts a version of a rule held after a moment.
  public func holds(of rule: String, version: Int64, after time: Timestamp) throws(StoreError)
    -> Int64
  {
    try read {
      let statement = try $0(
        "SELECT count(*) FROM decision WHERE rule = ? AND outcome = 1 AND shadow = 0 AND at > ? "
          + "AND version = ?")
      statement.bind(1, rule)
      statement.bind(2, time.milliseconds)
      statement.bind(3, version)
      defer { statement.reset() }
      return try statement.step() ? statement.int(0) : 0
    }
  }

  /// - Parameter touched: only carts whose shopper did something then or later.
  public func openCartCount(touched time: Timestamp = Timestamp(milliseconds: .min))
    throws(StoreError) -> Int64
  {
    try read {
      try $0.single(
        "SELECT count(*) FROM cart WHERE state = 0 AND touched >= ?", time.milliseconds)
    }
  }
}

extension StoreWriter {
  public func save(source digest: String, _ text: String) throws(StoreError) {
    let statement = try statements("INSERT OR REPLACE INTO source VALUES(?, ?)")
    statement.bind(1, digest)
    statement.bind(2, text)
    try statement.run()
  }

  public func save(_ decision: Decision, on cart: Int64, at time: Timestamp) throws(StoreError) {
    let statement = try statements("INSERT OR REPLACE INTO decision VALUES(?, ?, ?, ?, ?, ?)")
    statement.bind(1, decision.rule)
    statement.bind(2, cart)
    statement.bind(3, decision.version)
    statement.bind(4, Int64(decision.outcome.rawValue))
    statement.bind(5, decision.isShadow ? 1 : 0)
    statement.bind(6, time.milliseconds)
    try statement.run()
  }
}

/// How versions and settings of rules become bytes. Tags are for ever: never change or reuse one.
enum RuleCodec {
  static func write(_ version: RuleVersion, _ writer: inout ByteWriter) {
    writer.text(1, version.rule)
    writer.int(2, Int64(version.kind.rawValue))
    writer.int(3, version.number)
    writer.text(4, version.file)
    for source in version.sources {
      writer.group(5) {
        $0.text(1, source.path)
        $0.text(2, source.digest)
      }
    }
    for parameter in version.parameters {
      writer.group(6) {
        $0.text(1, parameter.name)
        $0.text(2, parameter.value)
      }
    }
  }

  static func write(_ setting: RuleSetting, _ writer: inout ByteWriter) {
    writer.text(1, setting.rule)
    writer.int(2, Int64(setting.mode.rawValue))
    writer.int(3, setting.version)
    if let band = setting.band { writer.int(4, band.millionths) }
    writer.text(5, setting.reason)
  }

  typealias Fields = [(tag: UInt8, field: ByteReader.Field)]

  static func version(_ fields: Fields) throws(StoreError) -> RuleVersion {
    var version = RuleVersion(rule: "", kind: .rule, number: 0, file: "", sources: [])
    for (tag, field) in fields {
      switch tag {
      case 1: version.rule = field.text
      case 2: version.kind = .init(rawValue: UInt8(clamping: field.number)) ?? .rule
      case 3: version.number = field.number
      case 4: version.file = field.text
      case 5:
        let (path, digest) = try texts(field.group)
        version.sources.append(.init(path: path, digest: digest))
      case 6:
        let (name, value) = try texts(field.group)
        version.parameters.append(.init(name: name, value: value))
      default: break
      }
    }
    return version
  }

  static func setting(_ fields: Fields) throws(StoreError) -> RuleSetting {
    var setting = RuleSetting(rule: "", mode: .shadow)
    for (tag, field) in fields {
      switch tag {
      case 1: setting.rule = field.text
      case 2: setting.mode = .init(rawValue: UInt8(clamping: field.number)) ?? .shadow
      case 3: setting.version = field.number
      case 4: setting.band = Percent(millionths: field.number)
      case 5: setting.reason = field.text
      default: break
      }
    }
    return setting
  }

  private static func texts(_ reader: ByteReader) throws(StoreError) -> (String, String) {
    var (reader, first, second) = (reader, "", "")
    while let (tag, field) = try reader.next() {
      if tag == 1 { first = field.text } else if tag == 2 { second = field.text }
    }
    return (first, second)
  }
}
