/// What happened to the shop and to no cart.
public enum ShopEvent: Sendable {
  case product(Product)
  case customer(String, [FieldChange])
  /// The canonical text of the settings.
  case settings(String)
  case entryAdded(ListEntry)
  case entryRemoved(ListEntry)
  case rule(RuleEvent)
}

/// What rules are, and what they said.
public enum RuleEvent: Sendable {
  case source(digest: String, text: String)
  case version(RuleVersion)
  case setting(RuleSetting)
  case decision(Decision)
  case policyRun(PolicyRun)

  public var body: EventBody {
    switch self {
    case .source(let digest, let text): .sourceRecorded(digest: digest, text: text)
    case .version(let version): .ruleVersioned(version)
    case .setting(let setting): .ruleSet(setting)
    case .decision(let decision): .decisionMade(decision)
    case .policyRun(let run): .policyRan(run)
    }
  }
}

extension EventBody {
  /// What it says of the shop; nil for an event of a cart.
  public var ofShop: ShopEvent? {
    switch self {
    case .productUpserted(_, let product): .product(product)
    case .customerUpserted(let key, let changes): .customer(key, changes)
    case .settingsChanged(_, let after): .settings(after)
    case .entryAdded(let entry): .entryAdded(entry)
    case .entryRemoved(let entry): .entryRemoved(entry)
    case .sourceRecorded(let digest, let text): .rule(.source(digest: digest, text: text))
    case .ruleVersioned(let version): .rule(.version(version))
    case .ruleSet(let setting): .rule(.setting(setting))
    case .decisionMade(let decision): .rule(.decision(decision))
    case .policyRan(let run): .rule(.policyRun(run))
    case .cartCreated, .lineAdded, .lineChanged, .lineRemoved, .lineRestated, .shopperIdentified,
      .addressSet,
      .attributesSet, .couponApplied, .couponRemoved, .cartOrdered, .orderPaid,
      .orderCancelled, .orderRefunded, .cartDeleted, .cartHeld, .cartRestored, .cartFlagged,
      .cartUnflagged, .operationUndone, .operationRedone, .cartClaimed, .cartReleased,
      .cartNoted, .cartUnnoted, .declared:
      nil
    }
  }

  /// What it says of a rule; nil for any other event.
  public var ofRule: RuleEvent? {
    if case .rule(let event) = ofShop { event } else { nil }
  }
}
