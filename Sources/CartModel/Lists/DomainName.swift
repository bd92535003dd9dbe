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
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } == true
    return labels.count >= least && text.utf8.count <= 253 && (least < 2 || !isNumber)
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            $0 == 0x2d || $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0)
          }
      }
  }
}
