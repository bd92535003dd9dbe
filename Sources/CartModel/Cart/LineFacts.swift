/// What a store says of a line beside what every line has.
public struct LineFacts: Members {
  public var kind = Kind.physical
  /// The store's ids of the product and its variant; empty where there is none.
  public var product = ""
  public var variant = ""
  /// The id of the line of the bundle that it is part of, or empty.
  public var parent = ""
  /// Whether it is a gift of a promotion.
  public var isGift = false
  /// Whether it can be changed and removed.
  public var isMutable = true
  /// The id that its store knows the line by, where it is not the line's own: a store that makes a cart
  /// anew gives its lines other ids.
  public var item = ""
  /// The ids of what was chosen, which making the cart anew needs.
  public var choices: [Choice] = []

  public enum Kind: String, CaseIterable, Sendable {
    case physical
    case digital
    case giftCertificate = "gift_certificate"
    case custom
  }

  /// An option that was chosen, by the store's ids.
  public struct Choice: Members {
    public var option = ""
    public var value = ""

    public init() {}

    public init(option: String, value: String) { (self.option, self.value) = (option, value) }

    public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
      try coder.text(1, "option", &option, Self.id)
      try coder.text(2, "value", &value, Self.id)
    }

    fileprivate static let id = TextForm(limit: 255)
  }

  public init() {}

  public init(
    kind: Kind = .physical, product: String = "", variant: String = "", parent: String = "",
    isGift: Bool = false, isMutable: Bool = true, choices: [Choice] = []
  ) {
    (self.kind, self.product, self.variant, self.parent) = (kind, product, variant, parent)
    (self.isGift, self.isMutable, self.choices) = (isGift, isMutable, choices)
  }

  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.choice(1, "kind", &kind)
    try coder.text(2, "product", &product, Choice.id)
    try coder.text(3, "variant", &variant, Choice.id)
    try coder.text(4, "parent", &parent, Choice.id)
    try coder.flag(5, "gift", &isGift, usually: false)
    try coder.flag(6, "mutable", &isMutable, usually: true)
    try coder.list(7, "choices", &choices)
    try coder.text(8, "item", &item, Choice.id)
  }

  /// The keys of a line's facts in a file.
  public static let keys = MemberKeys.of(LineFacts())
  /// A bit for each length of a key, as most keys of a line have none of them.
  private static let lengths = keys.reduce(UInt64(0)) { $0 | 1 << UInt64($1.utf8.count & 63) }

  public static func isKey(_ key: String) -> Bool {
    lengths & 1 << UInt64(key.utf8.count & 63) != 0 && keys.contains(key)
  }

  /// Whether it says what the line is where there is no SKU.
  public var identifiesLine: Bool {
    !product.isEmpty || kind == .giftCertificate || kind == .custom
  }

  /// Whether both are of one product and variant, or the same kind of line without a product.
  func isSameProduct(as other: LineFacts) -> Bool {
    kind == other.kind && product == other.product && variant == other.variant
  }
}

extension Line {
  /// What a store says of it; the usual for a line of this program's own.
  public var facts: LineFacts {
    get { boxedFacts.isEmpty ? LineFacts() : boxedFacts.value ?? LineFacts() }
    set { boxedFacts = newValue == LineFacts() ? Boxed() : Boxed(newValue) }
  }

  /// Whether a store said anything of it that is not usual.
  public var hasFacts: Bool { !boxedFacts.isEmpty }
}
