import CIDN2
import Foundation

/// Domain names as they are stored and compared: A-labels (RFC 5890), mapped by UTS 46.
public enum DomainName {
  /// Lower case, each label that is not ASCII in Punycode, without a dot at the end; nil for what is no
  /// name: labels of letters, digits, hyphens and underscores.
  ///
  /// A label in ASCII may hold what UTS 46 forbids new names (`r3---sn.example`): such names exist.
  public static func normalised(_ text: String) -> String? {
    if isPlain(text) { return isName(text) ? text : nil }
    var labels = text.split(omittingEmptySubsequences: false) { dots.contains($0) }
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    var mapped: [String] = []
    for label in labels {
      guard let ascii = ascii(label: String(label)) else { return nil }
      mapped.append(ascii)
    }
    let name = mapped.joined(separator: ".")
    return isName(name) ? name : nil
  }

  /// The normalised name; a text that is none in lower case.
  public static func ascii(_ text: String) -> String {
    isPlain(text) ? text : normalised(text) ?? text.lowercased()
  }

  public static func ascii(_ text: Substring) -> String { ascii(String(text)) }

  /// Most are written so already; asked for each cart, that has to be seen at once.
  private static func isPlain(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.last != 0x2e && bytes.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) }
    }
  }

  /// A full-width or ideographic dot is a dot (UTS 46, 4).
  private static let dots: Set<Character> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]

  private static func ascii(label: String) -> String? {
    // Full-width letters are those of ASCII.
    let narrow = label.precomposedStringWithCompatibilityMapping
    if narrow.utf8.allSatisfy({ $0 < 0x80 }) { return narrow.lowercased() }
    // A joiner counts in some scripts only; elsewhere it is a trace of the program that sent the name.
    return lookup(label) ?? lookup(String(label.unicodeScalars.filter { !joiners.contains($0) }))
  }

  private static let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]

  private static func lookup(_ label: String) -> String? {
    if label.utf8.allSatisfy({ $0 < 0x80 }) { return label.lowercased() }
    var output: UnsafeMutablePointer<CChar>?
    let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
    guard idn2_to_ascii_8z(label, &output, flags) == Int32(IDN2_OK.rawValue), let output else {
      return nil
    }
    defer { idn2_free(output) }
    return String(cString: output)
  }

  /// Whether it is a name in ASCII.
  ///
  /// - Parameter least: how many labels it has at least; with two, the last is no number, as no top
  ///   level is.
  static func isName(_ text: String, least: Int = 1) -> Bool {
    var text = text
    return text.withUTF8 { isName($0, least: least) }
  }

  /// One look at each byte: lists of ten thousand names are read at each start.
  private static func isName(_ bytes: UnsafeBufferPointer<UInt8>, least: Int) -> Bool {
    guard let last = bytes.last, last != dot, bytes.count <= 253 else { return false }
    var (labels, start, isNumber) = (1, 0, true)
    for (place, byte) in bytes.enumerated() {
      switch byte {
      case dot:
        // A hyphen at an end of a label, or no label.
        guard place > start, bytes[place - 1] != hyphen else { return false }
        (labels, start, isNumber) = (labels + 1, place + 1, true)
      case hyphen:
        guard place > start else { return false }
        isNumber = false
      case 0x30...0x39: break
      case 0x5f, 0x61...0x7a: isNumber = false
      default: return false
      }
      guard place - start < 63 else { return false }
    }
    return last != hyphen && labels >= least && (least < 2 || !isNumber)
  }

  private static let dot = UInt8(ascii: ".")
  private static let hyphen = UInt8(ascii: "-")
}
