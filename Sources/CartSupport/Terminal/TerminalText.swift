/// Text as a terminal may have it: what would act on the terminal, or would not be seen, is shown by
/// its number.
public enum TerminalText {
  /// Whether a character acts: controls (C0, DEL, C1), bidirectional marks, separators of lines.
  public static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0: true
    case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
    default: false
    }
  }

  /// Whether a character has no shape of its own, so that two texts that look alike differ.
  ///
  /// Default_Ignorable_Code_Point of the Unicode Character Database, and interlinear annotation.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0xad: false
    case 0xad, 0x034f, 0x115f...0x1160, 0x17b4...0x17b5, 0x180b...0x180f: true
    case 0x200b...0x200d, 0x2060...0x2065, 0x206a...0x206f, 0x3164: true
    case 0xfe00...0xfe0f, 0xffa0, 0xfff0...0xfffb: true
    case 0x1bca0...0x1bca3, 0x1d173...0x1d17a, 0xe0000...0xe0fff: true
    default: false
    }
  }

  /// The text with everything that acts or cannot be seen as `\x1b` or `\u{200b}`.
  ///
  /// A joiner between two emoji, and a variation selector behind a symbol, are part of what is seen.
  /// - Complexity: O(n); text without such characters is returned as it is.
  public static func shown(_ text: String) -> String {
    replacing(text) { scalar, before, after in
      if acts(scalar) { return true }
      guard isInvisible(scalar) else { return false }
      switch scalar.value {
      case 0x200d: return !(isJoinable(before) && after?.properties.isEmoji == true)
      case 0xfe00...0xfe0f, 0xe0100...0xe01ef: return !takesSelector(before)
      default: return true
      }
    }
  }

  /// The text with only what acts replaced, for files that are read again.
  public static func withoutControls(_ text: String) -> String {
    replacing(text) { scalar, _, _ in acts(scalar) }
  }

  /// CSV for a terminal: nothing in it acts but the ends of lines.
  public static func guarded(csv text: String) -> String {
    text.split(separator: Character("\r\n"), omittingEmptySubsequences: false)
      .map { guarded(String($0)) }.joined(separator: "\r\n")
  }

  /// What this program wrote for a terminal, with everything but line ends, tabs and its own styles
  /// and links replaced: the last guard, whatever was forgotten before.
  public static func guarded(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { acts($0) && $0 != "\n" }) else { return text }
    // By scalars: a combining mark behind a sequence is no part of it.
    let own = /\u{1b}(?:\[[0-9;]{1,8}m|\]8;;(?:https?:\/\/[!-~]*)?\u{1b}\\)/
      .matchingSemantics(.unicodeScalar)
    var (out, rest) = ("", Substring(text))
    while let start = rest.unicodeScalars.firstIndex(where: {
      acts($0) && $0 != "\n" && $0 != "\t"
    }) {
      out += rest[..<start]
      if let sequence = rest[start...].prefixMatch(of: own)?.output {
        out += sequence
        rest = rest[sequence.endIndex...]
      } else {
        out += escaped(rest.unicodeScalars[start])
        rest = rest[rest.unicodeScalars.index(after: start)...]
      }
    }
    return out + rest
  }

  static func escaped(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return scalar.value < 0x100
      ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{" + digits + "}"
  }

  private static func replacing(
    _ text: String,
    where isMeant: (
      _ scalar: Unicode.Scalar, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
    ) -> Bool
  ) -> String {
    guard text.unicodeScalars.contains(where: { acts($0) || isInvisible($0) }) else { return text }
    let scalars = Array(text.unicodeScalars)
    var out = ""
    for (place, scalar) in scalars.enumerated() {
      let before = place > 0 ? scalars[place - 1] : nil
      let after = place + 1 < scalars.count ? scalars[place + 1] : nil
      if isMeant(scalar, before, after) {
        out += escaped(scalar)
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// What stands before a joiner in an emoji: a picture, its skin tone or its variation selector.
  private static func isJoinable(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.value == 0xfe0f || scalar.value > 0xff && scalar.properties.isEmoji
  }

  private static func takesSelector(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, !isInvisible(scalar), !acts(scalar) else { return false }
    return scalar.properties.isEmoji || scalar.value >= 0x2190
  }
}

/// Text that is safe on a terminal and hides nothing.
///
/// - Complexity: O(n); text without such characters is returned as it is.
public func printable(_ text: String) -> String { TerminalText.shown(text) }

/// Shows text that a stranger typed: quoted, shortened, what acts or is invisible escaped.
public func quoted(_ text: some StringProtocol, limit: Int = 60) -> String {
  let scalars = text.unicodeScalars
  let start = String(String.UnicodeScalarView(scalars.prefix(limit)))
  return "'" + printable(start) + (scalars.dropFirst(limit).isEmpty ? "'" : "…'")
}
