/// Writes comma-separated values (RFC 4180).
public struct CSVWriter {
  public enum Cell: Equatable, Sendable {
    /// What a person may have typed: guarded against being run as a formula.
    case text(String)
    /// Numbers, amounts and times.
    case plain(String)
  }

  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Writes one record with its end, CR LF.
  public mutating func row(_ cells: [Cell]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .text(let text): add(CSVGuard.guarded(text))
      case .plain(let text): add(text)
      }
    }
    // An empty line is no record.
    if cells == [.text("")] || cells == [.plain("")] { bytes += [0x22, 0x22] }
    bytes += [0x0d, 0x0a]
  }

  public mutating func row(_ texts: [String]) { row(texts.map { .text($0) }) }

  private mutating func add(_ text: String) {
    let isQuoted = text.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
    guard isQuoted else {
      bytes += text.utf8
      return
    }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}

/// Keeps spreadsheets from running a text as a formula (OWASP, "CSV Injection").
public enum CSVGuard {
  /// A text that starts with `= + - @ '`, a tab or CR gets a leading apostrophe.
  public static func guarded(_ text: String) -> String {
    text.utf8.first.map(isActing) == true ? "'" + text : text
  }

  /// The text that was guarded. Any other text is returned as it is.
  public static func unguarded(_ text: String) -> String {
    let start = text.utf8.prefix(2)
    guard start.first == UInt8(ascii: "'"), let second = start.dropFirst().first, isActing(second)
    else { return text }
    return String(text.unicodeScalars.dropFirst())
  }

  private static func isActing(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"),
      UInt8(ascii: "'"), 0x09, 0x0d:
      true
    default: false
    }
  }
}
