import Foundation

/// The one form of a text in which filters, searches, lists and rules compare: without case, accents and
/// width.
///
/// Compatibility decomposition (UAX #15, NFKD and then NFC), without accents and the characters that
/// nobody sees, in lower case by way of upper case: so that `ß` is `ss`, a final sigma a sigma, and a
/// dotless i an i. Marks that make another letter of a script stay: the nukta and vowels of Indic
/// scripts, the voice mark of kana.
public enum TextFold {
  /// - Complexity: O(n); a text in ASCII is looked at once.
  public static func folded(_ text: String) -> String {
    String(decoding: bytes(text), as: UTF8.self)
  }

  /// The UTF-8 of the folded text.
  public static func bytes(_ text: String) -> [UInt8] {
    var text = text
    let ascii = text.withUTF8 { bytes -> [UInt8]? in
      for byte in bytes where byte >= 0x80 { return nil }
      return bytes.map(lowered)
    }
    if let ascii { return ascii }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    append(text, to: &bytes)
    return bytes
  }

  /// Whether two texts are the same but for case, accents and width.
  public static func areEqual(_ a: String, _ b: String) -> Bool { a == b || bytes(a) == bytes(b) }

  /// Whether a text has another one in it; an empty one is in each.
  public static func contains(_ text: String, _ part: String) -> Bool {
    Needle(part).isIn(text)
  }

  /// A text that is looked for in many.
  public struct Needle: Sendable {
    private let bytes: [UInt8]

    public init(_ text: String) { bytes = TextFold.bytes(text) }

    public func isIn(_ text: String) -> Bool {
      let text = TextFold.bytes(text)
      guard bytes.count <= text.count else { return false }
      return (0...text.count - bytes.count).contains {
        text[$0..<$0 + bytes.count].elementsEqual(bytes)
      }
    }
  }

  /// The folded text, and where each of its characters begins; none where each byte is one.
  static func characters(_ text: String) -> (bytes: [UInt8], starts: [Bool]) {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return (text.utf8.map(lowered), []) }
    var (bytes, starts) = ([UInt8](), [Bool]())
    for character in text {
      append(String(character), to: &bytes)
      guard bytes.count > starts.count else { continue }
      starts.append(true)
      while starts.count < bytes.count { starts.append(false) }
    }
    return (bytes, starts)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var scalars = String.UnicodeScalarView()
    for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
      let properties = scalar.properties
      if isAccent(properties.canonicalCombiningClass) || properties.isDefaultIgnorableCodePoint {
        continue
      }
      if let plain = letters[scalar] {
        scalars.append(contentsOf: plain.unicodeScalars)
        continue
      }
      for upper in properties.lowercaseMapping.uppercased().unicodeScalars {
        scalars.append(
          contentsOf: upper.properties.lowercaseMapping.unicodeScalars.filter {
            !isAccent($0.properties.canonicalCombiningClass)
          })
      }
    }
    // Together again, so that a syllable of Hangul or kana is not found within another.
    bytes += String(scalars).precomposedStringWithCanonicalMapping.utf8
  }

  /// Marks around a letter, points of Hebrew and of Arabic; not those that a script spells with: nukta,
  /// voice mark, virama.
  private static func isAccent(_ mark: Unicode.CanonicalCombiningClass) -> Bool {
    switch mark.rawValue {
    case 1, 10...36, 200...: true
    default: false
    }
  }

  /// Letters with a stroke, and joined ones, which no decomposition takes apart.
  private static let letters: [Unicode.Scalar: String] = [
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ħ": "h",
    "Ħ": "h", "ŧ": "t", "Ŧ": "t", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe",
  ]
}
