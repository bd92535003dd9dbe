import Testing

@testable import CartSupport

/// Files of all sorts, read as Python reads them.
struct CSVFuzzTests {
  /// How a file is encoded.
  enum Form: CaseIterable {
    case utf8, utf8WithMark, utf16LE, utf16BE, cp1252

    var encoding: TextEncoding? { self == .cp1252 ? TextEncoding("cp1252") : nil }

    func bytes(_ text: String) -> [UInt8] {
      func units(_ order: (UInt16) -> [UInt8]) -> [UInt8] {
        ([0xfeff] + Array(text.utf16)).flatMap(order)
      }
      switch self {
      case .utf8: return Array(text.utf8)
      case .utf8WithMark: return [0xef, 0xbb, 0xbf] + Array(text.utf8)
      case .utf16LE: return units { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
      case .utf16BE: return units { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
      case .cp1252:
        return text.unicodeScalars.map { $0 == "€" ? 0x80 : UInt8(truncatingIfNeeded: $0.value) }
      }
    }
  }

  /// A made-up file.
  struct Sample {
    let text: String
    let form: Form

    init(_ random: inout SeededRandom) {
      form = Form.allCases.randomElement(using: &random) ?? .utf8
      let letters =
        form == .cp1252 ? ["a", " ", "ü", "€", "'"] : ["a", " ", "ü", "株", "😀", "\u{2028}"]
      let ends = ["\n", "\r\n", "\r"]
      let end = ends.randomElement(using: &random) ?? "\n"
      var text = ""
      if Bool.random(using: &random) {
        // Good for the most part: cells are quoted as they should be, now and then one is not.
        for _ in 0..<Int.random(in: 0...8, using: &random) {
          let cells = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            var cell = ""
            for _ in 0..<Int.random(in: 0...4, using: &random) {
              cell += (letters + ["\"", ","] + ends).randomElement(using: &random) ?? ""
            }
            let isRaw = Int.random(in: 0..<20, using: &random) == 0
            if isRaw || !cell.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) {
              return cell
            }
            return "\""
              + cell.split(separator: "\"", omittingEmptySubsequences: false)
              .joined(separator: "\"\"") + "\""
          }
          text += cells.joined(separator: ",") + end
        }
      } else {
        for _ in 0..<Int.random(in: 0...40, using: &random) {
          text += (letters + ["\"", "\"", ",", ","] + ends).randomElement(using: &random) ?? ""
        }
      }
      self.text = text
    }

    /// Its bytes in pieces of any size, as a pipe gives them.
    func input(_ random: inout SeededRandom) -> TextInput {
      let bytes = form.bytes(text)
      let size = Int.random(in: 1...20, using: &random)
      var place = 0
      return TextInput(form.encoding) { (into: inout [UInt8]) throws(SupportError) in
        let piece = bytes[place..<min(place + size, bytes.count)]
        place += piece.count
        into += piece
        return piece.count
      }
    }
  }

  @Test func readsWhatPythonReadsAndLosesNoRow() throws {
    var random = SeededRandom(seed: 7)
    var (accepted, refused) = (0, 0)
    for number in 0..<2000 {
      let sample = Sample(&random)
      var reader = CSVReader(sample.input(&random))
      var records: [CSVRecord] = []
      while let record = try reader.next() { records.append(record) }
      let python = StrictPythonCSV(Array(sample.text.utf8))
      let shown: Comment = "file \(number): \(sample.text.debugDescription)"
      if let rows = python.rows {
        accepted += 1
        #expect(records.allSatisfy { $0.fault == nil }, shown)
        #expect(records.map { $0.cells.map { Array($0.utf8) } } == rows, shown)
      } else {
        refused += 1
      }
      // The same with a reader that reads on behind each record that Python refuses.
      var (index, place) = (0, 0)
      while index < python.lines.count {
        let (outcome, next) = python.record(from: index)
        if outcome == .row([]) {
          index = next
          continue
        }
        guard place < records.count else { break }
        #expect(records[place].line == index + 1, shown)
        switch outcome {
        case .row(let row):
          #expect(records[place].cells.map { Array($0.utf8) } == row, shown)
          index = next
        case .refused(let opened):
          #expect(records[place].fault != nil && records[place].cells.isEmpty, shown)
          index = opened + 1
        }
        place += 1
      }
      #expect(place == records.count && index >= python.lines.count, shown)
    }
    #expect(accepted > 500 && refused > 300, "\(accepted) accepted, \(refused) refused")
  }
}
