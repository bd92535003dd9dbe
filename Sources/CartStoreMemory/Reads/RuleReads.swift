import CartModel
import CartStorage

extension RuleReads where Self: MemoryReads {
  func ruleEvents() throws(StoreError) -> [Event] {
    try state().log.loose(.ruleVersioned, .ruleSet)
  }

  func source(_ digest: String) throws(StoreError) -> String? {
    try state().rules.sources[ExactText(digest)]
  }

  func decisions(of rule: String, version: Int64) throws(StoreError) -> (
    hits: Int64, errors: Int64
  ) {
    let own = try state().rules.decisions(of: rule).filter { $0.decision.version == version }
    return (
      Int64(own.count { $0.decision.outcome.isHit }),
      Int64(own.count { $0.decision.outcome == .error })
    )
  }

  func hits() throws(StoreError) -> [RuleHit] {
    try state().rules.decisions.sorted { $0.key < $1.key }
      .filter { $0.value.decision.outcome.isHit }
      .map { place, latest in
        RuleHit(
          rule: place.rule.text, cart: place.cart, version: latest.decision.version,
          isShadow: latest.decision.isShadow)
      }
  }

  func decisions(since: Timestamp?, until: Timestamp?) throws(StoreError) -> [Event] {
    try state().log.looseByTime(.decisionMade).filter { event in
      since.map { event.at >= $0 } ?? true && until.map { event.at < $0 } ?? true
    }
  }

  func decision(of rule: String, on cart: Int64) throws(StoreError) -> RecordedDecision? {
    try state().rules.decisions[.init(rule: ExactText(rule), cart: cart)]?.recorded
  }

  func decisions(after: Int64, through: Int64) throws(StoreError)
    -> [Int64: [RecordedDecision]]
  {
    var found: [Int64: [RecordedDecision]] = [:]
    for (place, latest) in try state().rules.decisions.sorted(by: { $0.key < $1.key })
    where place.cart > after && place.cart <= through {
      found[place.cart, default: []].append(latest.recorded)
    }
    return found
  }

  func lastHit(of rule: String) throws(StoreError) -> Timestamp? {
    try state().rules.decisions(of: rule).filter { $0.decision.outcome.isHit }.map(\.at).max()
  }

  func holds(of rule: String, version: Int64, after time: Timestamp) throws(StoreError)
    -> Int64
  {
    Int64(
      try state().rules.decisions(of: rule).count {
        $0.decision.outcome == .hold && !$0.decision.isShadow && $0.at > time
          && $0.decision.version == version
      })
  }

  func lastRun(of policy: String, until time: Timestamp) throws(StoreError) -> (
    run: PolicyRun, at: Timestamp
  )? {
    for event in try state().log.looseByTime(.policyRan, until: time).reversed() {
      if case .policyRan(let run) = event.body, run.policy == policy { return (run, event.at) }
    }
    return nil
  }
}

extension RuleMemory.Latest {
  fileprivate var recorded: RecordedDecision {
    RecordedDecision(
      rule: decision.rule, version: decision.version,
      outcome: Int64(decision.outcome.rawValue), isShadow: decision.isShadow)
  }
}
