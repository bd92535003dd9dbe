import Glibc

/// The cells of the record under way, fed line by line.
struct CSVCells {
  enum State {
    case start, plain, quoted
    /// Behind a quote within quotes: the end of the cell, or half of a doubled quote.
    case quoteInQuoted
  }

  let delimiter: UInt8
  let quote: UInt8?
  private(set) var state = State.start
  /// Whether the line fed last opened the quotes that are open.
  private(set) var opensQuote = false
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = delimiter
    self.quote = quote
  }

  mutating func clear() {
    state = .start
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  enum Progress { case complete, open, textAfterQuote }

  /// Reads a line.
  ///
  /// - Complexity: linear in the line.
  mutating func feed(_ line: TextLine) -> Progress {
    opensQuote = false
    let isFine = line.bytes.withUnsafeBytes { scan($0) }
    guard isFine else { return .textAfterQuote }
    if state == .quoted {
      bytes += line.ending.bytes
      return .open
    }
    endCell()
    return .complete
  }

  private mutating func scan(_ line: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while place < line.count {
      switch state {
      case .start:
        if line[place] == quote {
          (state, opensQuote) = (.quoted, true)
          place += 1
        } else {
          state = .plain
        }
      case .plain:
        let end = Self.find(delimiter, in: line, from: place)
        bytes.append(contentsOf: line[place..<end])
        place = end
        if place < line.count {
          endCell()
          place += 1
        }
      case .quoted:
        guard let quote else { return false }
        let end = Self.find(quote, in: line, from: place)
        bytes.append(contentsOf: line[place..<end])
        place = end + 1
        if end < line.count { state = .quoteInQuoted }
      case .quoteInQuoted:
        if line[place] == quote {
          bytes.append(line[place])
          state = .quoted
        } else if line[place] == delimiter {
          endCell()
        } else {
          return false
        }
        place += 1
      }
    }
    return true
  }

  private mutating func endCell() {
    ends.append(bytes.count)
    state = .start
  }

  /// The cells; nil where one of them is no text.
  func texts() -> [String]? {
    var (texts, start) = ([String](), 0)
    texts.reserveCapacity(ends.count)
    for end in ends {
      guard let text = String(validating: bytes[start..<end], as: UTF8.self) else { return nil }
      texts.append(text)
      start = end
    }
    return texts
  }

  private static func find(_ byte: UInt8, in line: UnsafeRawBufferPointer, from place: Int) -> Int {
    guard let base = line.baseAddress,
      let found = memchr(base + place, Int32(byte), line.count - place)
    else { return line.count }
    return UnsafeRawPointer(found) - base
  }
}
