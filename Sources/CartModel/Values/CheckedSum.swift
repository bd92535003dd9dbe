/// A sum of 64-bit figures that knows when it is out of their range: it neither fails nor wraps.
///
/// What comes of it does not depend on the order in which figures are added.
public struct CheckedSum: Hashable, Comparable, Sendable {
  // More figures than memory holds cannot exceed it.
  private var total: Int128

  public init(_ value: Int64 = 0) { total = Int128(value) }

  /// A sum that was added up in two parts.
  public init(millions: Int64, rest: Int64) { total = Int128(millions) * 1_000_000 + Int128(rest) }

  /// Nil for a sum out of the range of 64 bits.
  public var value: Int64? { Int64(exactly: total) }

  public var isZero: Bool { total == 0 }

  public static func < (a: CheckedSum, b: CheckedSum) -> Bool { a.total < b.total }
  public static func += (sum: inout CheckedSum, value: Int64) { sum.total += Int128(value) }
  public static func -= (sum: inout CheckedSum, value: Int64) { sum.total -= Int128(value) }
  public static func += (sum: inout CheckedSum, other: CheckedSum) { sum.total += other.total }

  public static func + (a: CheckedSum, b: CheckedSum) -> CheckedSum {
    var sum = a
    sum += b
    return sum
  }

  public static func - (a: CheckedSum, b: CheckedSum) -> CheckedSum {
    var sum = a
    sum.total -= b.total
    return sum
  }

  /// This of `whole` in parts of `scale`, rounded half up; nil of nothing, and out of range.
  public func ratio(of whole: CheckedSum, scale: Int64) -> Int64? {
    let (product, overflow) = total.multipliedReportingOverflow(by: Int128(scale))
    return overflow ? nil : dividedHalfUp(product, by: whole.total)
  }
}

extension Percent {
  /// `part` of `whole`, half up to a tenth of a percent; nil of nothing, and out of range.
  public init?(_ part: CheckedSum, of whole: CheckedSum) {
    guard let tenths = part.ratio(of: whole, scale: 1000) else { return nil }
    let (millionths, overflow) = tenths.multipliedReportingOverflow(by: 100_000)
    guard !overflow else { return nil }
    self.init(millionths: millionths)
  }
}
