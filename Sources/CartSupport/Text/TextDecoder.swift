/// Turns the bytes of a text file into UTF-8, piece by piece.
///
/// A byte order mark is skipped. What the encoding does not have becomes a byte that UTF-8 does not
/// have, so that only its line is no text.
struct TextDecoder {
  /// The encoding that was asked for; nil for UTF-8, or UTF-16 with a byte order mark.
  private let asked: TextEncoding?
  /// The first bytes, until they tell the encoding.
  private var start: [UInt8] = []
  private var hasStarted = false
  private var converter: TextConverter?
  /// What the bytes are read as.
  private(set) var name = "UTF-8"

  init(_ encoding: TextEncoding?) { asked = encoding }

  /// Whether bytes are passed on as they are.
  var isPlain: Bool { hasStarted && converter == nil }

  /// - Parameter isLast: whether no more bytes follow.
  /// - Throws: `malformed` where the byte order mark, or its absence, contradicts the encoding.
  mutating func decode(_ bytes: [UInt8], isLast: Bool, onto out: inout [UInt8])
    throws(SupportError)
  {
    guard !hasStarted else { return pass(bytes, isLast, onto: &out) }
    start += bytes
    guard isLast || ByteOrderMark.isDecided(by: start) else { return }
    let mark = ByteOrderMark(start)
    try choose(mark)
    hasStarted = true
    let rest = Array(start.dropFirst(mark?.length ?? 0))
    start = []
    pass(rest, isLast, onto: &out)
  }

  private mutating func pass(_ bytes: [UInt8], _ isLast: Bool, onto out: inout [UInt8]) {
    if let converter {
      converter.convert(bytes, isLast: isLast, onto: &out)
    } else {
      out.append(contentsOf: bytes)
    }
  }

  private mutating func choose(_ mark: ByteOrderMark?) throws(SupportError) {
    if let mark {
      if let asked, !mark.fits(asked) {
        throw SupportError(
          .malformed,
          "begins with the byte order mark of \(mark.encoding?.name ?? "UTF-8"), which is not "
            + "\(asked.name); leave the encoding out")
      }
      convert(from: mark.encoding)
      return
    }
    switch asked?.form {
    case .utf16?:
      throw SupportError(
        .malformed,
        "has no byte order mark, so that the byte order of utf-16 is not known; expected the "
          + "encoding utf-16le or utf-16be")
    case .other?: convert(from: asked)
    case .utf8?: break
    case nil:
      guard let guess = ByteOrderMark.missing(in: start) else { return }
      throw SupportError(
        .malformed, "looks like UTF-16 without a byte order mark; add --encoding \(guess)")
    }
  }

  private mutating func convert(from encoding: TextEncoding?) {
    guard let encoding else { return }
    name = encoding.name
    converter = TextConverter(encoding.name)
  }
}

/// The bytes at the beginning of a file that tell its encoding (Unicode, "Byte Order Mark").
struct ByteOrderMark {
  /// Nil for UTF-8.
  let encoding: TextEncoding?
  let length: Int

  private static let all: [(bytes: [UInt8], encoding: TextEncoding?)] = [
    ([0xef, 0xbb, 0xbf], nil),
    ([0xff, 0xfe, 0, 0], .utf32LE), ([0, 0, 0xfe, 0xff], .utf32BE),
    ([0xff, 0xfe], .utf16LE), ([0xfe, 0xff], .utf16BE),
  ]

  /// The mark that the bytes begin with, if any.
  init?(_ bytes: [UInt8]) {
    guard let found = Self.all.first(where: { bytes.starts(with: $0.bytes) }) else { return nil }
    (encoding, length) = (found.encoding, found.bytes.count)
  }

  /// Whether more bytes would not change which mark it is: a pipe may give a short line and wait.
  static func isDecided(by bytes: [UInt8]) -> Bool {
    bytes.count >= 4 || bytes.count >= 2 && !all.contains { $0.bytes.starts(with: bytes) }
  }

  /// The encoding of a text of UTF-16 without a mark, whose first character is of ASCII.
  static func missing(in bytes: [UInt8]) -> String? {
    guard bytes.count >= 2, (bytes[0] == 0) != (bytes[1] == 0) else { return nil }
    return bytes[0] == 0 ? "utf-16be" : "utf-16le"
  }

  func fits(_ asked: TextEncoding) -> Bool {
    guard let encoding else { return asked.form == .utf8 }
    let isUTF16 = encoding == .utf16LE || encoding == .utf16BE
    return asked.form == .utf16 && isUTF16 || asked.isSame(as: encoding)
  }
}
