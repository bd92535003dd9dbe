import CartModel

/// Lua that says what a verb does; its constants stand apart, so that a script can name them.
struct LuaCode: ExpressibleByStringInterpolation, Equatable {
  enum Part: Equatable {
    case code(String)
    /// What it is of, as `cart` or `sku`, and its literal.
    case constant(String, String)
  }

  private(set) var parts: [Part] = []

  init(stringLiteral code: String) { parts = [.code(code)] }

  init(stringInterpolation interpolation: StringInterpolation) { parts = interpolation.parts }

  private init(parts: [Part]) { self.parts = parts }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ code: String) {
      if !code.isEmpty { parts.append(.code(code)) }
    }

    mutating func appendInterpolation(_ code: LuaCode) { parts += code.parts }

    /// A text, as a literal that a script would name.
    mutating func appendInterpolation(_ text: String, _ kind: String) {
      parts.append(.constant(kind, LuaCode.literal(text)))
    }

    mutating func appendInterpolation(_ number: Int64, _ kind: String) {
      parts.append(.constant(kind, String(number)))
    }

    /// A text, as a literal that belongs to the phrase.
    mutating func appendInterpolation(literal text: String) {
      parts.append(.code(LuaCode.literal(text)))
    }
  }

  static func joined(_ list: [LuaCode], _ separator: String = ", ") -> LuaCode {
    var parts: [Part] = []
    for (index, code) in list.enumerated() {
      if index > 0 { parts.append(.code(separator)) }
      parts += code.parts
    }
    return LuaCode(parts: parts)
  }

  /// As it runs.
  var text: String {
    parts.map { part in
      switch part {
      case .code(let text), .constant(_, let text): text
      }
    }.joined()
  }

  /// A text between quotes, as Lua reads it.
  static func literal(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

/// A session as a script: its constants are named at the top, where they can be changed.
struct LuaRecording {
  private var lines: [LuaCode] = []

  var isEmpty: Bool { lines.isEmpty }
  var count: Int { lines.count }

  mutating func add(_ code: LuaCode) { lines.append(code) }

  /// The script's text.
  ///
  /// - Parameter title: a comment at its head.
  func script(title: String) -> String {
    var names: [LuaCode.Part: String] = [:]
    var (counts, constants) = ([String: Int](), [(name: String, literal: String)]())
    for part in lines.flatMap(\.parts) {
      guard case .constant(let kind, let literal) = part, names[part] == nil else { continue }
      counts[kind, default: 0] += 1
      let name = kind + (counts[kind].map { $0 > 1 ? String($0) : "" } ?? "")
      names[part] = name
      constants.append((name, literal))
    }
    var text = "-- " + title.replacing("\n", with: " ") + "\n"
    for constant in constants { text += "local \(constant.name) = \(constant.literal)\n" }
    if !constants.isEmpty { text += "\n" }
    for line in lines {
      text +=
        line.parts.map { part in
          if case .code(let code) = part { return code }
          return names[part] ?? ""
        }.joined() + "\n"
    }
    return text
  }
}

extension LuaCode.Part: Hashable {}
