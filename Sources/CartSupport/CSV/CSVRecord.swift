/// One record of comma-separated values.
public struct CSVRecord: Equatable, Sendable {
  /// The number of its first line, from 1.
  public var line: Int
  /// Empty where the record could not be read.
  public var cells: [String]
  /// Why it could not be read.
  public var fault: Fault?
  /// Its bytes, at most 4096.
  var source: ArraySlice<UInt8>

  public enum Fault: Equatable, Sendable {
    case unclosedQuote
    case textAfterQuote
    /// It holds bytes that are no text.
    case notText
  }

  /// Its text, at most 4096 bytes of it; bytes that are no text as `\xfc`.
  public var text: String { shownText(textPrefix(source, 4096)) }

  /// The first name that stands twice in a header, and its places, from 1; names that are empty do not
  /// count.
  public static func repetition(in names: [String]) -> (name: String, first: Int, second: Int)? {
    // By their bytes: a text equals another one that Unicode composes differently.
    var places: [[UInt8]: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      if let first = places.updateValue(index + 1, forKey: Array(name.utf8)) {
        return (name, first, index + 1)
      }
    }
    return nil
  }

  /// Whether it is a line of blanks only.
  public var isBlank: Bool {
    cells.count == 1 && cells[0].utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}
