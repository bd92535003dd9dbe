/// How comma-separated values are written: RFC 4180 unless told otherwise.
public struct CSVDialect: Equatable, Sendable {
  /// One byte of ASCII; nil for a comma, or what a first line `sep=;` says.
  public var delimiter: UInt8?
  /// One byte of ASCII; nil where cells are never quoted.
  public var quote: UInt8?

  public init(delimiter: UInt8? = nil, quote: UInt8? = UInt8(ascii: "\"")) {
    self.delimiter = delimiter
    self.quote = quote
  }

  /// Whether a byte can separate or quote cells.
  public static func canMark(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte != 0x0a && byte != 0x0d && byte != 0
  }

  /// The delimiter that Excel's first line `sep=;` names; nil for any other line.
  static func named(by line: some Collection<UInt8>) -> UInt8? {
    var line = Array(line)
    if line.count > 2, line.first == 0x22, line.last == 0x22 {
      line = Array(line[1..<line.count - 1])
    }
    guard line.count == 5, let last = line.last, canMark(last),
      String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    return last
  }
}
