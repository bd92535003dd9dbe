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
    var (state, fields, field, index, opened) = (
      State.startRecord, [[UInt8]](), [UInt8](), start, start
    )
    func save() {
      fields.append(field)
      field = []
    }
    repeat {
      guard index < lines.count else { return (.refused(opened: opened), index) }
      let line = lines[index]
      index += 1
      // Nil is the end of the line that the machine adds.
      for byte in line.map(Optional.some) + [nil] {
        let isEnd = byte == nil || byte == 0x0a || byte == 0x0d
        let afterEnd: State = byte == nil ? .startRecord : .eatEnd
        if state == .startRecord {
          if byte == nil { break }
          if isEnd {
            state = .eatEnd
            continue
          }
          state = .startField
        }
        switch state {
        case .startRecord: break
        case .startField:
          if isEnd {
            save()
            state = afterEnd
          } else if byte == 0x22 {
            (state, opened) = (.inQuoted, index - 1)
          } else if byte == 0x2c {
            save()
          } else if let byte {
            field.append(byte)
            state = .inField
          }
        case .inField:
          if isEnd {
            save()
            state = afterEnd
          } else if byte == 0x2c {
            save()
            state = .startField
          } else if let byte {
            field.append(byte)
          }
        case .inQuoted:
          if byte == 0x22 { state = .quoteInQuoted } else if let byte { field.append(byte) }
        case .quoteInQuoted:
          if byte == 0x22 {
            field.append(0x22)
            state = .inQuoted
          } else if byte == 0x2c {
            save()
            state = .startField
          } else if isEnd {
            save()
            state = afterEnd
          } else {
            return (.refused(opened: opened), index)
          }
        case .eatEnd:
          if byte == nil {
            state = .startRecord
          } else if !isEnd {
            return (.refused(opened: opened), index)
          }
        }
      }
    } while state != .startRecord
    return (.row(fields), index)
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
