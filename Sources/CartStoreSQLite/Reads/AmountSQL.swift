import CartModel

/// SQL over amounts: rows hold minor units, filters compare amounts of any currency by their decimals.
enum AmountSQL {
  /// A decimal compared with the total, for each number of decimals that currencies have.
  ///
  /// - Returns: nil for a bound that no row can hold.
  static func comparison(_ sign: Filter.Comparison, with amount: UnitPrice) -> String? {
    var tests: [Int: String] = [:]
    for decimals in 0...Currency.mostDecimals {
      let wanted = Int128(amount.mantissa) * power(decimals)
      let (floor, rest) = wanted.quotientAndRemainder(dividingBy: power(amount.scale))
      guard let low = Int64(exactly: floor), low < .max else { return nil }
      let high = rest == 0 ? low : low + 1
      switch sign {
      case .equal, .notEqual, .like: tests[decimals] = rest == 0 ? "total = \(low)" : "0"
      case .less: tests[decimals] = "total < \(high)"
      case .lessOrEqual: tests[decimals] = "total <= \(low)"
      case .greater: tests[decimals] = "total > \(low)"
      case .greaterOrEqual: tests[decimals] = "total >= \(high)"
      }
    }
    // A cart without a total meets no comparison.
    return "ifnull(\(byDecimals { tests[$0] ?? "0" }), 0)"
  }

  /// Sorts by the total as `Filter.arrange` does: whole units, then their parts, missing ones last.
  static func order(_ direction: String) -> String {
    let whole = byDecimals { "total / \(power($0))" }
    let part = byDecimals { "total % \(power($0)) * \(power(4 - min(4, $0)))" }
    return "total IS NULL, \(whole) \(direction), \(part) \(direction)"
  }

  /// An expression for each number of decimals; two are most currencies'.
  private static func byDecimals(_ expression: (Int) -> String) -> String {
    let all = 0...Currency.mostDecimals
    let own = all.map { "WHEN \($0 + 1) THEN \(expression($0))" }.joined(separator: " ")
    let rare = all.filter { $0 != 2 }.compactMap { decimals -> String? in
      let numbers = Currency.numbers(decimals: decimals).map(String.init).joined(separator: ", ")
      return numbers.isEmpty ? nil : "WHEN currency IN (\(numbers)) THEN \(expression(decimals))"
    }
    // A store's own decimals stand in the currency's number.
    return "CASE WHEN currency >= 1000 THEN CASE currency / 1000 \(own) END "
      + "\(rare.joined(separator: " ")) ELSE \(expression(2)) END"
  }

  private static func power(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { product, _ in product * 10 }
  }
}
