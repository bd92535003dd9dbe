/// Reads one JSON text from bytes, strictly: a key that stands twice in one object is refused, as RFC
/// 8259 leaves open which of its values counts.
public struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private let texts: TextCache?
  private var index = 0
  private var depth = 0

  /// - Throws: `malformed`, naming the byte.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(SupportError) -> JSONValue {
    try parse(bytes, nil)
  }

  /// - Parameter texts: where many texts of one origin share what repeats.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, _ texts: TextCache?
  ) throws(SupportError) -> JSONValue {
    var parser = JSONParser(bytes: bytes, texts: texts)
    let value = try parser.value()
    parser.skipBlanks()
    guard parser.index == bytes.count else { throw parser.failure("the end") }
    return value
  }

  public static func parse(_ text: String) throws(SupportError) -> JSONValue {
    var (result, text) = (Result<JSONValue, SupportError>.success(.null), text)
    text.withUTF8 { bytes in
      do throws(SupportError) {
        result = .success(try parse(UnsafeRawBufferPointer(bytes)))
      } catch { result = .failure(error) }
    }
    return try result.get()
  }

  private init(bytes: UnsafeRawBufferPointer, texts: TextCache?) {
    self.bytes = bytes
    self.texts = texts
  }

  private var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private mutating func skipBlanks() {
    while index < bytes.count, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      index += 1
    }
  }

  private mutating func value() throws(SupportError) -> JSONValue {
    skipBlanks()
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(SupportError)
    -> JSONValue
  {
    let end = index + text.utf8CodeUnitCount
    guard end <= bytes.count, bytes[index..<end].elementsEqual(text.buffer) else {
      throw failure("a value")
    }
    index = end
    return value
  }

  private mutating func object() throws(SupportError) -> JSONValue {
    try enter()
    var members: [JSONValue.Member] = []
    members.reserveCapacity(8)
    var seen = SeenKeys()
    skipBlanks()
    if byte == UInt8(ascii: "}") {
      leave()
      return .object(members)
    }
    while true {
      skipBlanks()
      guard byte == UInt8(ascii: "\"") else { throw failure("a key in double quotes") }
      let start = index
      let key = try string()
      guard !seen.contains(key, mark: mark(from: start, key.utf8.count), members) else {
        throw SupportError(.malformed, "key \(quoted(key)) appears twice in one object")
      }
      skipBlanks()
      guard byte == UInt8(ascii: ":") else { throw failure("':'") }
      index += 1
      members.append(.init(key, try value()))
      skipBlanks()
      if byte == UInt8(ascii: ",") {
        index += 1
      } else if byte == UInt8(ascii: "}") {
        leave()
        return .object(members)
      } else {
        throw failure("',' or '}'")
      }
    }
  }

  /// A bit for a key that was just read, by its ends and length: few keys of one event share theirs.
  ///
  /// All bits for one that is written with escapes: it may be any.
  private func mark(from start: Int, _ length: Int) -> UInt64 {
    guard index - start == length + 2 else { return .max }
    let ends = Int(bytes[start + 1]) &* 2 &+ Int(bytes[index - 2]) &* 2
    return 1 << UInt64((ends &+ length &* 7) & 63)
  }

  private mutating func array() throws(SupportError) -> JSONValue {
    try enter()
    var items: [JSONValue] = []
    skipBlanks()
    if byte == UInt8(ascii: "]") {
      leave()
      return .array(items)
    }
    while true {
      items.append(try value())
      skipBlanks()
      if byte == UInt8(ascii: ",") {
        index += 1
      } else if byte == UInt8(ascii: "]") {
        leave()
        return .array(items)
      } else {
        throw failure("',' or ']'")
      }
    }
  }

  private mutating func enter() throws(SupportError) {
    index += 1
    depth += 1
    guard depth <= 64 else { throw failure("at most 64 levels") }
  }

  private mutating func leave() {
    index += 1
    depth -= 1
  }

  private mutating func number() throws(SupportError) -> String {
    let start = index
    if byte == UInt8(ascii: "-") { index += 1 }
    let whole = digits()
    guard whole == 1 || whole > 1 && bytes[index - whole] != UInt8(ascii: "0") else {
      throw failure("a value")
    }
    if byte == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { throw failure("a digit") }
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      index += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw failure("a digit") }
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = index
    while byte >= 0x30, byte <= 0x39 { index += 1 }
    return index - start
  }

  private mutating func string() throws(SupportError) -> String {
    index += 1
    let start = index
    var all: UInt8 = 0
    while index < bytes.count {
      let current = bytes[index]
      switch current {
      case UInt8(ascii: "\""):
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
        index += 1
        // Validating costs more than all the rest, and ASCII needs none.
        if all < 0x80 { return texts?.text(text) ?? String(decoding: text, as: UTF8.self) }
        guard let valid = String(validating: text, as: UTF8.self) else {
          throw failure("valid UTF-8 in the text before")
        }
        return valid
      case UInt8(ascii: "\\"): return try escaped(from: start)
      case 0..<0x20: throw failure("no control character in a text")
      default:
        all |= current
        index += 1
      }
    }
    throw failure("'\"'")
  }

  /// A string that holds escapes.
  private mutating func escaped(from start: Int) throws(SupportError) -> String {
    var out = [UInt8](bytes[start..<index])
    while index < bytes.count {
      let current = bytes[index]
      index += 1
      switch current {
      case UInt8(ascii: "\""):
        guard let valid = String(validating: out, as: UTF8.self) else {
          throw failure("valid UTF-8 in the text before")
        }
        return valid
      case UInt8(ascii: "\\"):
        let kind = byte
        index += 1
        switch kind {
        case UInt8(ascii: "n"): out.append(0x0a)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0d)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0c)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(kind)
        case UInt8(ascii: "u"): out.append(contentsOf: String(try scalar()).utf8)
        default: throw failure("an escape as \\n")
        }
      case 0..<0x20: throw failure("no control character in a text")
      default: out.append(current)
      }
    }
    throw failure("'\"'")
  }

  private mutating func scalar() throws(SupportError) -> Unicode.Scalar {
    let high = try hex()
    if high & 0xfc00 == 0xd800 {
      guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "u")
      else { throw failure("the second half of a surrogate pair") }
      index += 2
      let low = try hex()
      guard low & 0xfc00 == 0xdc00 else { throw failure("the second half of a surrogate pair") }
      let value = 0x10000 + (high & 0x3ff) << 10 + low & 0x3ff
      if let scalar = Unicode.Scalar(value) { return scalar }
    }
    guard let scalar = Unicode.Scalar(high) else { throw failure("a whole character") }
    return scalar
  }

  private mutating func hex() throws(SupportError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x61 + 10)
      default: throw failure("four hexadecimal digits")
      }
      index += 1
    }
    return value
  }

  private func failure(_ expected: String) -> SupportError {
    let got =
      index < bytes.count ? "'\(Character(Unicode.Scalar(bytes[index])))'" : "the end"
    let shown =
      index < bytes.count && (bytes[index] < 0x20 || bytes[index] > 0x7e)
      ? "byte \(bytes[index])" : got
    return SupportError(
      .malformed, "not JSON: expected \(expected) at byte \(index + 1), got \(shown)")
  }
}

extension StaticString {
  fileprivate var buffer: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
