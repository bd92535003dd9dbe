/// One line of a text.
public struct TextLine: Sendable {
  /// Without its end. UTF-8, but for a line that is no text.
  public var bytes: ArraySlice<UInt8>
  public var ending: Ending
  /// From 1.
  public var number: Int

  public enum Ending: Sendable {
    case lineFeed, carriageReturn, both
    /// The text ends without an end of its last line.
    case none

    var bytes: [UInt8] {
      switch self {
      case .lineFeed: [0x0a]
      case .carriageReturn: [0x0d]
      case .both: [0x0d, 0x0a]
      case .none: []
      }
    }
  }

  public init(bytes: ArraySlice<UInt8>, ending: Ending = .lineFeed, number: Int) {
    self.bytes = bytes
    self.ending = ending
    self.number = number
  }

  /// Nil for a line that is no text.
  public var text: String? { String(validating: bytes, as: UTF8.self) }

  /// Whether it holds nothing but blanks and tabs.
  public var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

  /// The same with bytes of its own, so that the buffer of the input is not kept.
  var kept: TextLine { TextLine(bytes: Array(bytes)[...], ending: ending, number: number) }
}

/// Bytes as text for a person: what is no UTF-8 is shown as `\xfc`.
public func shownText(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  var (out, rest) = ("", bytes[...])
  while let first = rest.first {
    let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    if let text = String(validating: rest.prefix(length), as: UTF8.self) {
      out += text
      rest = rest.dropFirst(length)
    } else {
      out += "\\x" + String(first, radix: 16)
      rest = rest.dropFirst()
    }
  }
  return out
}

/// The first bytes of a text, cut between two characters.
public func textPrefix(_ bytes: ArraySlice<UInt8>, _ limit: Int) -> ArraySlice<UInt8> {
  guard bytes.count > limit else { return bytes }
  var end = bytes.startIndex + limit
  while end > bytes.startIndex, bytes[end] & 0xc0 == 0x80 { end -= 1 }
  return bytes[..<end]
}
