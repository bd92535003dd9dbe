/// Reads records of comma-separated values (RFC 4180); a quoted cell may hold line ends.
///
/// It reads what Python's `csv` reads with `strict=True` and `newline=""`, without empty lines. A
/// record that Python refuses is given with its fault, and reading goes on at the line behind the one
/// where its wrong quote was opened, so that the rows that follow are not lost.
///
/// - Complexity: linear. Lines are read again only behind a quote that was not closed, and none of
///   them can open another one that is not closed; so each is read at most twice.
public struct CSVReader {
  private let input: TextInput
  private var cells: CSVCells
  private let quote: UInt8?
  /// What the caller fixed.
  private let delimiter: UInt8?
  private var isFirst = true
  /// Lines of a record of several lines, and those that are read again.
  private var kept: [TextLine] = []
  /// The next line of `kept` to be read.
  private var cursor = 0
  /// How many lines were looked at, those that were read again counted twice.
  private(set) var linesRead = 0

  /// The most bytes of a record of several lines, with 16 for each of its lines.
  static let recordLimit = 1 << 22

  public init(_ input: TextInput, _ dialect: CSVDialect = .init()) {
    self.input = input
    (delimiter, quote) = (dialect.delimiter, dialect.quote)
    cells = CSVCells(delimiter: dialect.delimiter ?? UInt8(ascii: ","), quote: dialect.quote)
  }

  /// Why the bytes of a record are no text, and what to do.
  public func reason(of fault: CSVRecord.Fault) -> String {
    switch fault {
    case .unclosedQuote: "quote not closed"
    case .textAfterQuote: "text behind a closing quote; double a quote that is part of a text"
    case .notText: input.invalidReason
    }
  }

  /// The next record; nil at the end.
  ///
  /// - Throws: as `TextInput.next`, and `malformed` where a first line `sep=;` contradicts the dialect.
  public mutating func next() throws(SupportError) -> CSVRecord? {
    while true {
      let isAgain = cursor < kept.count
      if !isAgain {
        (kept, cursor) = ([], 0)
      } else if cursor > 256, cursor > kept.count / 2 {
        kept.removeFirst(cursor)
        cursor = 0
      }
      guard let line = isAgain ? kept[cursor] : try input.next() else { return nil }
      if isAgain { cursor += 1 }
      if isFirst {
        isFirst = false
        if try takeSeparator(line) { continue }
      }
      guard !line.bytes.isEmpty else { continue }
      cells.clear()
      linesRead += 1
      switch cells.feed(line) {
      case .complete: return record(line.number, line.bytes)
      case .textAfterQuote:
        return CSVRecord(line: line.number, cells: [], fault: .textAfterQuote, source: line.bytes)
      case .open:
        if !isAgain {
          kept = [line.kept]
          cursor = 1
        }
        return try rest(from: cursor - 1)
      }
    }
  }

  /// Reads the other lines of a record that begins with a kept line.
  private mutating func rest(from start: Int) throws(SupportError) -> CSVRecord {
    var (opening, size) = (start, kept[start].bytes.count + 16)
    var fault = CSVRecord.Fault.unclosedQuote
    reading: while size <= Self.recordLimit {
      if cursor == kept.count {
        guard let line = try input.next() else { break }
        kept.append(line.kept)
      }
      let line = kept[cursor]
      cursor += 1
      size += line.bytes.count + 16
      linesRead += 1
      let progress = cells.feed(line)
      if cells.opensQuote { opening = cursor - 1 }
      switch progress {
      case .complete: return record(kept[start].number, bytes(start..<cursor))
      case .open: continue
      case .textAfterQuote:
        fault = .textAfterQuote
        break reading
      }
    }
    defer { cursor = opening + 1 }
    return CSVRecord(
      line: kept[start].number, cells: [], fault: fault, source: bytes(start..<opening + 1))
  }

  private func record(_ line: Int, _ source: ArraySlice<UInt8>) -> CSVRecord {
    guard let texts = cells.texts() else {
      return CSVRecord(line: line, cells: [], fault: .notText, source: source)
    }
    return CSVRecord(line: line, cells: texts, source: source)
  }

  /// The first bytes of kept lines.
  private func bytes(_ lines: Range<Int>) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    for index in lines where bytes.count < 4096 {
      bytes += kept[index].bytes
      if index + 1 < lines.upperBound { bytes += kept[index].ending.bytes }
    }
    return bytes[...]
  }

  private mutating func takeSeparator(_ line: TextLine) throws(SupportError) -> Bool {
    guard let named = CSVDialect.named(by: line.bytes) else { return false }
    if let delimiter, delimiter != named {
      func shown(_ byte: UInt8) -> String {
        byte == 0x09 ? "a tab" : "'\(Character(UnicodeScalar(byte)))'"
      }
      throw SupportError(
        .malformed,
        "line 1: sep= names \(shown(named)) as the delimiter, but expected \(shown(delimiter)); "
          + "leave one of them out")
    }
    cells = CSVCells(delimiter: named, quote: quote)
    return true
  }
}
