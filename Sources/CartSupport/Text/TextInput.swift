/// Reads lines of text from bytes: UTF-8 with or without a byte order mark, UTF-16 with one, or a
/// named encoding. Lines end in LF, CR or CR LF.
///
/// It holds one line and a quarter of a mebibyte; each byte is looked at a fixed number of times.
public final class TextInput {
  /// Appends the next bytes and gives their number; 0 at the end.
  public typealias Source = (inout [UInt8]) throws(SupportError) -> Int

  private let source: Source
  private var decoder: TextDecoder
  private var raw: [UInt8] = []
  private var buffer: [UInt8] = []
  private var index = 0
  private var ends = LineEnds()
  private var atEnd = false
  private var peeked: TextLine?
  /// The number of the line last read, from 1.
  public private(set) var number = 0

  /// The most bytes of a line.
  public static let lineLimit = 1 << 24

  /// - Parameter encoding: nil for UTF-8, or UTF-16 with a byte order mark.
  public init(_ encoding: TextEncoding? = nil, source: @escaping Source) {
    self.source = source
    decoder = TextDecoder(encoding)
  }

  /// Lines of bytes that were read already.
  public convenience init(bytes: [UInt8], encoding: TextEncoding? = nil) {
    var rest: [UInt8]? = bytes
    self.init(encoding) { (into: inout [UInt8]) throws(SupportError) in
      guard let given = rest else { return 0 }
      rest = nil
      into += given
      return given.count
    }
  }

  /// All of a text in UTF-8, without its byte order mark.
  ///
  /// - Throws: `malformed`, naming the first line that is no text.
  public static func text(of bytes: [UInt8], encoding: TextEncoding? = nil) throws(SupportError)
    -> String
  {
    var (decoder, out) = (TextDecoder(encoding), [UInt8]())
    try decoder.decode(bytes, isLast: true, onto: &out)
    if let text = String(validating: out, as: UTF8.self) { return text }
    let input = TextInput(bytes: bytes, encoding: encoding)
    while let line = try input.next() {
      guard line.text == nil else { continue }
      throw SupportError(.malformed, "line \(line.number): \(decoder.invalid)")
    }
    throw SupportError(.malformed, decoder.invalid)
  }

  /// Why a line is no text, and what to do.
  public var invalidReason: String {
    decoder.name == "UTF-8"
      ? decoder.invalid + "; if the file comes from Windows or Excel, add --encoding cp1252"
      : decoder.invalid
  }

  /// The next line; nil at the end. Its bytes are good until the next call without a copy.
  ///
  /// - Throws: `file`, `interrupted`; `malformed` for a line of more than `lineLimit` bytes, or where
  ///   the encoding is not the one that was asked for.
  public func next() throws(SupportError) -> TextLine? {
    if let line = peeked {
      peeked = nil
      return line
    }
    var searched = index
    while true {
      if let end = end(from: searched) { return take(upTo: end) }
      if atEnd {
        guard index < buffer.count else { return nil }
        defer { index = buffer.count }
        number += 1
        return TextLine(bytes: buffer[index...], ending: .none, number: number)
      }
      // A CR at the end of the buffer may be half of an end.
      let isHalf = buffer.count > index && buffer.last == 0x0d
      searched = buffer.count - index - (isHalf ? 1 : 0)
      try fill()
    }
  }

  /// The line that `next` gives next.
  ///
  /// - Throws: as `next`.
  public func peek() throws(SupportError) -> TextLine? {
    if peeked == nil { peeked = try next()?.kept }
    return peeked
  }

  /// The next lines that are in memory, at least one; empty at the end.
  public func nextLines() throws(SupportError) -> [TextLine] {
    guard let first = try next() else { return [] }
    var lines = [first]
    while index < buffer.count, let end = end(from: index) { lines.append(take(upTo: end)) }
    return lines
  }

  private func take(upTo end: Int) -> TextLine {
    let isFeed = buffer[end] == 0x0a
    let isBoth = !isFeed && end + 1 < buffer.count && buffer[end + 1] == 0x0a
    defer { index = end + (isBoth ? 2 : 1) }
    number += 1
    return TextLine(
      bytes: buffer[index..<end],
      ending: isFeed ? .lineFeed : isBoth ? .both : .carriageReturn, number: number)
  }

  /// Where the line under way ends; nil where that is not known yet.
  private func end(from place: Int) -> Int? {
    guard let end = buffer.withUnsafeBytes({ ends.next(in: $0, from: place) }),
      buffer[end] == 0x0a || end + 1 < buffer.count || atEnd
    else { return nil }
    return end
  }

  private func fill() throws(SupportError) {
    buffer.removeSubrange(..<index)
    index = 0
    ends.reset()
    guard buffer.count < Self.lineLimit else {
      throw SupportError(.malformed, "line \(number + 1): longer than 16 MiB")
    }
    if decoder.isPlain {
      atEnd = try source(&buffer) == 0
    } else {
      raw.removeAll(keepingCapacity: true)
      atEnd = try source(&raw) == 0
      try decoder.decode(raw, isLast: atEnd, onto: &buffer)
    }
  }
}

extension TextDecoder {
  /// Why bytes are no text.
  var invalid: String { "not \(name)" }
}
