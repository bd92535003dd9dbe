import CartSupport

/// How many IPs and e-mails cannot be normalised: they are kept as they are, and neither lists nor rules
/// can compare them.
public struct UncheckedCount: Equatable, Sendable {
  public private(set) var ips = 0
  public private(set) var emails = 0

  public init() {}

  public var isEmpty: Bool { ips == 0 && emails == 0 }

  /// Counts a shopper's fields.
  ///
  /// - Parameter fields: those that are to be compared.
  /// - Returns: whether one of them cannot be compared.
  @discardableResult
  public mutating func add(_ shopper: Shopper, _ fields: [ShopperField] = [.ip, .email]) -> Bool {
    let odd = fields.filter { $0.isUnchecked(shopper[$0]) }
    for field in odd { add(field) }
    return !odd.isEmpty
  }

  /// Counts what an event says of a shopper.
  public mutating func add(_ changes: [FieldChange]) {
    for change in changes where change.field.isUnchecked(change.after) { add(change.field) }
  }

  private mutating func add(_ field: ShopperField) {
    if field == .ip { ips += 1 } else { emails += 1 }
  }

  /// `2 IPs and 1 e-mail`.
  public var text: String {
    [(ips, "IP"), (emails, "e-mail")].filter { $0.0 > 0 }
      .map { CountText.count($0.0, $0.1) }.joined(separator: " and ")
  }
}

extension Shopper {
  /// What of it cannot be compared, for a person: `IP 'unknown'`; empty where all can be.
  ///
  /// - Parameter fields: those that are to be compared.
  public func uncheckedText(_ fields: [ShopperField] = [.ip, .email]) -> String {
    fields.filter { $0.isUnchecked(self[$0]) }
      .map { "\($0 == .ip ? "IP" : "e-mail") \(quoted(self[$0]))" }.joined(separator: " and ")
  }
}
