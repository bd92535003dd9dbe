import CartModel

/// How a table's figures are drawn.
public struct Chart: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case line, bar, stacked, heat }

  public var kind: Kind
  /// The column that names each row.
  public var names: Int
  /// The columns that are drawn, one series each.
  public var series: [Int]

  public init(_ kind: Kind, names: Int, series: [Int]) {
    (self.kind, self.names, self.series) = (kind, names, series)
  }
}

extension ReportTable.Cell {
  /// The figure as a number to draw: its size is right, its last digit need not be.
  public var size: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .money(let money): Double(money.minor) / Double(powers[money.currency.decimals])
    case .percent(let percent): Double(percent.millionths) / 1_000_000
    case .number(let text): Double(text)
    case .empty, .text, .time: nil
    }
  }
}

private let powers: [Int64] = [1, 10, 100, 1_000, 10_000]
