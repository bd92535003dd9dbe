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

  /// Whether it is a line of blanks only.
  public var isBlank: Bool {
    cells.count == 1 && cells[0].utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }
}
