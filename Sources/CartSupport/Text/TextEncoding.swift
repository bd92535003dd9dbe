/// A character encoding, by a name that glibc's iconv knows: `utf-8`, `cp1252`, `latin1`, `utf-16le`.
public struct TextEncoding: Hashable, Sendable {
  /// As it was given.
  public let name: String

  enum Form {
    case utf8
    /// UTF-16 whose byte order only a byte order mark tells.
    case utf16
    case other
  }
  let form: Form

  /// Nil for a name that this system does not know.
  public init?(_ name: String) {
    self.name = name
    let folded = name.lowercased().filter { $0 != "-" && $0 != "_" }
    switch folded {
    case "utf8": form = .utf8
    case "utf16": form = .utf16
    default:
      form = .other
      // Behind a slash iconv takes options, as //IGNORE, which would hide what is wrong.
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isPartOfName),
        TextConverter(name) != nil
      else { return nil }
    }
  }

  private init(known name: String) {
    self.name = name
    form = .other
  }

  static let utf16LE = TextEncoding(known: "UTF-16LE")
  static let utf16BE = TextEncoding(known: "UTF-16BE")
  static let utf32LE = TextEncoding(known: "UTF-32LE")
  static let utf32BE = TextEncoding(known: "UTF-32BE")

  /// Whether both name one encoding, apart from case and hyphens.
  func isSame(as other: TextEncoding) -> Bool {
    func folded(_ name: String) -> String {
      name.lowercased().filter { $0 != "-" && $0 != "_" }
    }
    return folded(name) == folded(other.name)
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "-_.:+()".utf8.contains(byte)
    }
  }
}
