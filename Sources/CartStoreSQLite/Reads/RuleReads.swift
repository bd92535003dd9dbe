import CartModel
import CartStorage

extension RuleReads where Self: SQLReads {
  func ruleEvents() throws(StoreError) -> [Event] {
    try read { try EventTable($0).loose([.ruleVersioned, .ruleSet]) }
  }

  func source(_ digest: String) throws(StoreError) -> String? {
    try read { try RuleTable($0).source(digest) }
  }

  func decisions(since: Timestamp?, until: Timestamp?) throws(StoreError) -> [Event] {
    try read {
      try EventTable($0).loose(
        [.decisionMade], "AND at >= ? AND at < ? ORDER BY at, seq",
        [since?.milliseconds ?? .min, until?.milliseconds ?? .max])
    }
  }

  func lastRun(of policy: String, until time: Timestamp) throws(StoreError) -> (
    run: PolicyRun, at: Timestamp
  )? {
    var found: (run: PolicyRun, at: Timestamp)?
    try read { statements in
      try EventTable(statements).forEachLoose(
        [.policyRan], "AND at <= ? ORDER BY at DESC, seq DESC", [time.milliseconds]
      ) { (event) throws(StoreError) in
        if case .policyRan(let run) = event.body, run.policy == policy { found = (run, event.at) }
        return found == nil
      }
    }
    return found
  }

  func decisions(of rule: String, version: Int64) throws(StoreError) -> (
    hits: Int64, errors: Int64
  ) {
    try read {
      let statement = try $0(
        "SELECT count(*) FILTER (WHERE \(RuleTable.isHit)), count(*) FILTER (WHERE outcome = 3) "
          + "FROM decision WHERE rule = ? AND version = ?")
      statement.bind(1, rule)
      statement.bind(2, version)
      defer { statement.reset() }
      return try statement.step() ? (statement.int(0), statement.int(1)) : (0, 0)
    }
  }

  func hits() throws(StoreError) -> [RuleHit] {
    try read {
      let rows = try $0.fresh(
        "SELECT rule, cart, version, shadow FROM decision WHERE \(RuleTable.isHit) "
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

  func decision(of rule: String, on cart: Int64) throws(StoreError) -> RecordedDecision? {
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

  func decisions(after: Int64, through: Int64) throws(StoreError)
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

  func lastHit(of rule: String) throws(StoreError) -> Timestamp? {
    try read {
      let statement = try $0("SELECT max(at) FROM decision WHERE rule = ? AND \(RuleTable.isHit)")
      statement.bind(1, rule)
      defer { statement.reset() }
      guard try statement.step(), !statement.isNull(0) else { return nil }
      return Timestamp(milliseconds: statement.int(0))
    }
  }

  func holds(of rule: String, version: Int64, after time: Timestamp) throws(StoreError)
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
}
