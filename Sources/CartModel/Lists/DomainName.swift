/// Domain names as lists compare them (RFC 5890: A-labels).
public enum DomainName {
  /// Lower case, each label that is not ASCII in Punycode, without a dot at the end; a full-width or
  /// ideographic dot is a dot (RFC 3490, 3.1).
  public static func ascii(_ name: String) -> String {
    // Most are written so already; asked for each cart, that has to be seen at once.
    var name = name
    let isPlain = name.withUTF8 { bytes in
      bytes.last != 0x2e && bytes.allSatisfy { $0 < 0x80 && !(0x41...0x5a).contains($0) }
    }
    return isPlain ? name : folded(name)
  }

  public static func ascii(_ name: Substring) -> String { ascii(String(name)) }

  private static func folded(_ name: String) -> String {
    if name.utf8.allSatisfy({ $0 < 0x80 }) {
      let lower = name.lowercased()
      return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
    var labels = name.lowercased().split(omittingEmptySubsequences: false) {
      ".\u{3002}\u{FF0E}\u{FF61}".contains($0)
    }
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    return labels.map { label in
      label.utf8.allSatisfy { $0 < 0x80 }
        ? String(label) : "xn--" + punycode(composed(label))
    }.joined(separator: ".")
  }

  /// Whether it is a name in ASCII: labels of letters, digits and hyphens, at least two.
  static func isName(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && text.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            $0 == 0x2d || $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0)
          }
      }
  }

  /// A letter and a mark after it as the one character that Unicode has for both, for Latin.
  ///
  /// Keyboards type the one, some systems send the other; Punycode would tell them apart.
  private static func composed(_ label: Substring) -> [UInt32] {
    var scalars: [UInt32] = []
    for scalar in label.unicodeScalars {
      if let last = scalars.last, (0x300...0x328).contains(scalar.value),
        let whole = Self.compositions["\(last):\(scalar.value)"]
      {
        scalars[scalars.count - 1] = whole
      } else {
        scalars.append(scalar.value)
      }
    }
    return scalars
  }

  /// Swift compares by canonical equivalence: which letters equal a base and a mark it can say itself.
  private static let compositions: [String: UInt32] = {
    var table: [String: UInt32] = [:]
    let marks: [UInt32] = [
      0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x30a, 0x30b,
      0x30c, 0x323, 0x327, 0x328,
    ]
    var wholes: [Character: UInt32] = [:]
    for value in Array(UInt32(0xe0)...0x17f) + Array(UInt32(0x1e00)...0x1eff) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      wholes[Character(scalar)] = value
    }
    for base in UInt32(0x61)...0x7a {
      for mark in marks {
        guard let letter = Unicode.Scalar(base), let accent = Unicode.Scalar(mark) else { continue }
        var text = String.UnicodeScalarView()
        text.append(letter)
        text.append(accent)
        let pair = String(text)
        if pair.count == 1, let whole = pair.first.flatMap({ wholes[$0] }) {
          table["\(base):\(mark)"] = whole
        }
      }
    }
    return table
  }()

  /// RFC 3492, section 6.3.
  private static func punycode(_ scalars: [UInt32]) -> String {
    var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
    let basic = output.count
    var handled = basic
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var (n, delta, bias): (UInt32, UInt64, UInt64) = (128, 0, 72)
    while handled < scalars.count {
      guard let next = scalars.lazy.filter({ $0 >= n }).min() else { break }
      delta += UInt64(next - n) * UInt64(handled + 1)
      n = next
      for scalar in scalars {
        if scalar < n { delta += 1 }
        guard scalar == n else { continue }
        var (q, k) = (delta, UInt64(36))
        while true {
          let t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
          if q < t { break }
          output.append(digit(t + (q - t) % (36 - t)))
          q = (q - t) / (36 - t)
          k += 36
        }
        output.append(digit(q))
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: UInt64) -> UInt8 {
    UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)
  }

  private static func adapted(_ delta: UInt64, _ count: Int, isFirst: Bool) -> UInt64 {
    var (delta, k) = (isFirst ? delta / 700 : delta / 2, UInt64(0))
    delta += delta / UInt64(count)
    while delta > 455 {
      delta /= 35
      k += 36
    }
    return k + 36 * delta / (delta + 38)
  }
}
