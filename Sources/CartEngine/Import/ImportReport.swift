import CartModel
import CartSupport

/// What an import did, in truthful numbers.
public struct ImportReport: Equatable, Sendable {
  /// Where its events went, and what was made with them.
  public var saved = ImportedOperations()
  /// Imported events, by the name of their type.
  public var imported: [String: Int] = [:]
  /// Events that were there from an earlier import.
  public var known = 0
  public var skipped = 0
  public var rejects = 0
  /// Events that were taken in with an IP or e-mail that cannot be normalised.
  public var unchecked = UncheckedCount()
  /// Keys of imported events that were not read.
  public var ignored = IgnoredKeys()
  /// Imported events that are dated after the run's clock.
  public var ahead = AheadEvents()
  /// What is said of added lines where a row may mean something else.
  public var lines = AddedLines()
  /// Imported events whose price, name, image or quantity before was not their line's.
  public var kept = KeptValues()
  /// Carts that were held, with `live`.
  public var held = 0
  /// How often each kind of reason stood, most often first.
  public var reasons: [(reason: String, count: Int)] = []

  public init() {}

  public var total: Int { imported.values.reduce(0, +) }

  /// The import's own number; nil where nothing was saved.
  public var operation: Int64? { saved.own }

  /// `4 events imported`, or `4 events imported and 2 made for them` where lines began carts.
  public var countText: String {
    let count = saved.made.values.reduce(0, +)
    return CountText.count(total, "event") + " imported"
      + (count == 0 ? "" : " and \(CountText.grouped(count)) made for them")
  }

  public static func == (a: ImportReport, b: ImportReport) -> Bool {
    a.operation == b.operation && a.imported == b.imported && a.known == b.known
      && a.rejects == b.rejects
  }
}

/// A line of a file that could not be taken in.
public struct Reject: Equatable, Sendable {
  public var line: Int
  public var reason: String
  public var text: String

  public init(line: Int, reason: String, text: String) {
    self.line = line
    self.reason = reason
    self.text = text
  }
}
