import CartModel
import CartStorage

/// The texts of rules, and the latest decision of each rule on each cart.
struct RuleTable {
  let statements: Statements

  init(_ statements: Statements) { self.statements = statements }

  /// Whether a decision is a hit; see `Decision.Outcome.isHit`.
  static let isHit: String = {
    let hits = Decision.Outcome.allCases.filter(\.isHit).map { String($0.rawValue) }
    return "outcome IN (\(hits.joined(separator: ", ")))"
  }()

  /// The text of a source; nil where it is not recorded.
  func source(_ digest: String) throws(StoreError) -> String? {
    if let known = statements.sources[digest] { return known }
    guard let text = try statements.text("SELECT text FROM source WHERE digest = ?", digest)
    else { return nil }
    // A digest has one text for ever; lists can be long.
    if text.utf8.count <= 1 << 16, statements.sources.count < 100 {
      statements.sources[digest] = text
    }
    return text
  }

  func save(source digest: String, _ text: String) throws(StoreError) {
    let statement = try statements("INSERT OR REPLACE INTO source VALUES(?, ?)")
    statement.bind(1, digest)
    statement.bind(2, text)
    try statement.run()
  }

  func save(_ decision: Decision, on cart: Int64, at time: Timestamp) throws(StoreError) {
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
