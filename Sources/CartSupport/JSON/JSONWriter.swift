/// Writes JSON text, member by member.
public struct JSONWriter {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  /// A text as a JSON string.
  public static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(nil, text)
    return writer.text
  }

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public mutating func newline() {
    bytes.append(0x0a)
    needsComma = false
  }

  public mutating func object(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
    open(key, "{")
    body(&self)
    close("}")
  }

  public mutating func array(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
    open(key, "[")
    body(&self)
    close("]")
  }

  public mutating func string(_ key: String? = nil, _ value: String) {
    start(key)
    quote(value)
  }

  /// Writes a text only where it is not empty.
  public mutating func known(_ key: String, _ value: String) {
    if !value.isEmpty { string(key, value) }
  }

  public mutating func number(_ key: String? = nil, _ value: Int64) { raw(key, String(value)) }

  public mutating func bool(_ key: String? = nil, _ value: Bool) {
    raw(key, value ? "true" : "false")
  }

  public mutating func null(_ key: String? = nil) { raw(key, "null") }

  public mutating func value(_ key: String? = nil, _ value: JSONValue) {
    switch value {
    case .null: null(key)
    case .bool(let flag): bool(key, flag)
    case .number(let text): raw(key, text)
    case .string(let text): string(key, text)
    case .array(let items): array(key) { for item in items { $0.value(nil, item) } }
    case .object(let members):
      object(key) { for member in members { $0.value(member.key, member.value) } }
    }
  }

  /// Writes text that is JSON already.
  public mutating func raw(_ key: String? = nil, _ text: String) {
    start(key)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func open(_ key: String?, _ mark: Unicode.Scalar) {
    start(key)
    bytes.append(UInt8(ascii: mark))
    needsComma = false
  }

  private mutating func close(_ mark: Unicode.Scalar) {
    bytes.append(UInt8(ascii: mark))
    needsComma = true
  }

  private mutating func start(_ key: String?) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    guard let key else { return }
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Escapes what RFC 8259 wants, what acts on a terminal, and `<` so that the text is safe inside
  /// HTML.
  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0a: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0x0d: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case 0..<0x20, 0x7f, UInt8(ascii: "<"): escape(UInt32(byte))
      default:
        bytes.append(byte)
        escapeEnd()
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Replaces a character of two or three bytes that has just been written, where it acts.
  private mutating func escapeEnd() {
    let end = bytes.count
    // All that act end with a byte that continues a character.
    guard bytes[end - 1] & 0xc0 == 0x80, end > 1 else { return }
    let last = UInt32(bytes[end - 1] & 0x3f)
    let (length, value): (Int, UInt32)
    if bytes[end - 2] & 0xe0 == 0xc0 {
      (length, value) = (2, UInt32(bytes[end - 2] & 0x1f) << 6 | last)
    } else if end > 2, bytes[end - 3] & 0xf0 == 0xe0 {
      (length, value) = (
        3, UInt32(bytes[end - 3] & 0x0f) << 12 | UInt32(bytes[end - 2] & 0x3f) << 6 | last
      )
    } else {
      return
    }
    guard let scalar = Unicode.Scalar(value), TerminalText.acts(scalar) else { return }
    bytes.removeLast(length)
    escape(value)
  }

  private mutating func escape(_ value: UInt32) {
    let digits = Array("0123456789abcdef".utf8)
    bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
    for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(digits[Int(value >> shift & 15)]) }
  }
}
