/// What a function of the API does beside giving a value: it decides where it may be called.
enum ScriptAccess: Sendable {
  /// Works on its arguments, the judged cart and what is kept of carts for judging.
  case pure
  /// Queries the shop.
  case read
  /// Changes the shop, or asks for that.
  case effect
  /// Defines something in a rule file, or tests it.
  case define
}

/// Where a script is while it runs, as far as that bounds what it may call.
enum ScriptPlace: Equatable, Sendable {
  /// In the `when` of a rule, or in what it calls.
  case rule
  /// In the `when` or `order` of a policy, or in what they call.
  case policy
  /// In a rule file, outside of its functions.
  case file

  func allows(_ access: ScriptAccess) -> Bool {
    switch self {
    case .rule: access == .pure
    case .policy: access == .pure || access == .read
    case .file: access == .pure || access == .define
    }
  }

  /// Why a function may not be called here; nil where it may.
  func refusal(_ name: String, _ access: ScriptAccess) -> String? {
    guard !allows(access) else { return nil }
    return switch self {
    case .rule:
      "\(name): not inside a rule, which sees c, p, c:same, c:matches, list, product, money, times "
        + "and blacklist.check only"
    case .policy:
      "\(name): not inside a policy, which looks at the shop and changes nothing; what is to be "
        + "ordered stands in 'order'"
    case .file:
      "\(name): not inside a rule file outside of its functions; a file defines rules, policies, "
        + "reports and tests, and asks nothing of the shop"
    }
  }
}

/// Whether an answer is noted as a fact that a rule asked for.
enum ScriptNoting: Sendable {
  case fact
  /// It depends on the arguments alone, or is an object that is asked in its turn.
  case nothing
  /// A fact where the call read the clock.
  case clock
}
