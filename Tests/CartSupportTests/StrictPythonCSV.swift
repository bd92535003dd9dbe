import CartSupport

/// Python's `csv.reader(file, strict=True)` on a file that was opened with `newline=""`: the machine of
/// `Modules/_csv.c`, character by character.
struct StrictPythonCSV {
  /// Lines with their ends.
  let lines: [[UInt8]]

  init(_ text: [UInt8]) {
    var (lines, line) = ([[UInt8]](), [UInt8]())
    for (index, byte) in text.enumerated() {
      line.append(byte)
      let isEnd =
        byte == 0x0a || byte == 0x0d && !(index + 1 < text.count && text[index + 1] == 0x0a)
      if isEnd {
        lines.append(line)
        line = []
      }
    }
    if !line.isEmpty { lines.append(line) }
    self.lines = lines
  }

  enum Outcome: Equatable {
    case row([[UInt8]])
    /// With the index of the line that opened the quote which is wrong.
    case refused(opened: Int)
  }

  private enum State { case startRecord, startField, inField, inQuoted, quoteInQuoted, eatEnd }

  /// Reads one record from the line of an index on; an empty line gives a row without cells.
  ///
  /// - Returns: the outcome, and the index of the line behind the record.
  func record(from start: Int) -> (Outcome, next: Int) {
    var (machine, index, opened) = (Machine(), start, start)
    repeat {
      guard index < lines.count else { return (.refused(opened: opened), index) }
      let line = lines[index]
      index += 1
      for byte in line.map(Optional.some) + [nil] {
        let wasQuoted = machine.isQuoted
        guard machine.take(byte) else { return (.refused(opened: opened), index) }
        if machine.isQuoted, !wasQuoted { opened = index - 1 }
      }
    } while machine.state != .startRecord
    return (.row(machine.fields), index)
  }

  /// One record, byte by byte.
  private struct Machine {
    private(set) var state = State.startRecord
    private(set) var fields: [[UInt8]] = []
    private var field: [UInt8] = []

    var isQuoted: Bool { state == .inQuoted || state == .quoteInQuoted }

    private mutating func save(_ next: State) {
      fields.append(field)
      (field, state) = ([], next)
    }

    /// - Parameter byte: nil for the end of the line that the machine adds.
    /// - Returns: false where Python refuses it.
    mutating func take(_ byte: UInt8?) -> Bool {
      let isEnd = byte == nil || byte == 0x0a || byte == 0x0d
      let afterEnd: State = byte == nil ? .startRecord : .eatEnd
      switch state {
      case .startRecord:
        guard !isEnd else {
          if byte != nil { state = .eatEnd }
          return true
        }
        state = .startField
        return take(byte)
      case .startField, .inField:
        if isEnd {
          save(afterEnd)
        } else if byte == 0x2c {
          save(.startField)
        } else if state == .startField, byte == 0x22 {
          state = .inQuoted
        } else if let byte {
          field.append(byte)
          state = .inField
        }
      case .inQuoted:
        if byte == 0x22 { state = .quoteInQuoted } else if let byte { field.append(byte) }
      case .quoteInQuoted:
        switch byte {
        case 0x22:
          field.append(0x22)
          state = .inQuoted
        case 0x2c: save(.startField)
        default:
          guard isEnd else { return false }
          save(afterEnd)
        }
      case .eatEnd:
        guard isEnd else { return false }
        if byte == nil { state = .startRecord }
      }
      return true
    }
  }

  /// All rows; nil where Python refuses the file.
  var rows: [[[UInt8]]]? {
    var (rows, index) = ([[[UInt8]]](), 0)
    while index < lines.count {
      let (outcome, next) = record(from: index)
      guard case .row(let row) = outcome else { return nil }
      if !row.isEmpty { rows.append(row) }
      index = next
    }
    return rows
  }
}
