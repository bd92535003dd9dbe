/// Amounts added up, each currency by itself.
public struct MoneySums: Equatable, Sendable {
  private var minor: [Currency: Int64] = [:]

  public init(_ amounts: some Sequence<Money> = EmptyCollection()) {
    for amount in amounts { add(amount) }
  }

  /// What goes beyond all amounts stays at the greatest: a sum that is shown must neither fail nor
  /// change its sign.
  public mutating func add(_ amount: Money) {
    let (sum, overflow) = minor[amount.currency, default: 0].addingReportingOverflow(amount.minor)
    minor[amount.currency] = overflow ? (amount.minor < 0 ? .min : .max) : sum
  }

  /// Minor units.
  public subscript(currency: Currency) -> Int64 { minor[currency, default: 0] }

  /// In the order of their currencies' codes.
  public var amounts: [Money] {
    minor.sorted { $0.key.code < $1.key.code }.map { Money(minor: $0.value, $0.key) }
  }
}
