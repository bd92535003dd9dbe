/// Amounts of one currency, added up.
public struct MoneySum: Hashable, Sendable, CustomStringConvertible {
  public let currency: Currency
  /// Minor units.
  public var sum: CheckedSum

  public init(_ sum: CheckedSum, _ currency: Currency) {
    (self.sum, self.currency) = (sum, currency)
  }

  public init(_ amount: Money) { self.init(CheckedSum(amount.minor), amount.currency) }

  /// Nil for a sum out of range.
  public var amount: Money? { sum.value.map { Money(minor: $0, currency) } }

  /// `12.99 EUR`, or `EUR out of range`.
  public var description: String {
    amount.map { "\($0) \(currency)" } ?? "\(currency) out of range"
  }
}

/// Amounts added up, each currency by itself.
public struct MoneySums: Equatable, Sendable {
  private var sums: [Currency: CheckedSum] = [:]

  public init(_ amounts: some Sequence<Money> = EmptyCollection()) {
    for amount in amounts { add(amount) }
  }

  public mutating func add(_ amount: Money) {
    sums[amount.currency, default: .init()] += amount.minor
  }

  public mutating func add(_ sum: MoneySum) { sums[sum.currency, default: .init()] += sum.sum }

  public mutating func subtract(_ amount: Money) {
    sums[amount.currency, default: .init()] -= amount.minor
  }

  /// Minor units.
  public subscript(currency: Currency) -> CheckedSum { sums[currency, default: .init()] }

  /// In the order of their currencies' codes.
  public var amounts: [MoneySum] {
    sums.sorted { $0.key.code < $1.key.code }.map { MoneySum($0.value, $0.key) }
  }
}
