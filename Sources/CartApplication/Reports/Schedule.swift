import CartEngine
import CartModel
import CartReports
import CartSupport

/// One regular report.
public struct Schedule: Equatable, Sendable {
  public var number: Int64
  public var report: String
  /// Which carts, as they were typed.
  public var words: [String]
  /// `since`, `period`, `by`, `compare`.
  public var options: [String: String]
  public var every: ScheduleTime
  /// Where it is written; its ending says how.
  public var target: String
  /// When it last was, or was asked for.
  public var last: Timestamp
  /// Whether it was ever written.
  public var hasRun = false

  /// When it is due; a last time that is still to come is of a clock that was ahead.
  public func next(_ shop: Shop) -> Timestamp {
    every.next(after: min(last, shop.now()), shop.zone)
  }

  /// How a report is written.
  public enum Format: String, Sendable {
    case html, csv, json, md, txt

    /// - Throws: `usage` for a file whose ending says no format.
    public init(target: String) throws(ApplicationError) {
      let ending = target.split(separator: ".").last.map(String.init) ?? ""
      guard let format = Format(rawValue: ending == "htm" ? "html" : ending) else {
        throw .usage(
          "schedule: --to: expected a file that ends in .html, .csv, .json, .md or .txt, got "
            + quoted(target))
      }
      self = format
    }
  }
}
