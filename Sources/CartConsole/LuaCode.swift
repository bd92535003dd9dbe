import CartScripting
import LuaKit

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
      parts.append(.constant(kind, luaLiteral(text)))
    }

    mutating func appendInterpolation(_ number: Int64, _ kind: String) {
      parts.append(.constant(kind, String(number)))
    }

    /// A text, as a literal that belongs to the phrase.
    mutating func appendInterpolation(literal text: String) {
      parts.append(.code(luaLiteral(text)))
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
}

/// A session as a script: its constants are named at the top, where they can be changed.
struct LuaRecording {
  private var lines: [LuaCode] = []
  /// Names that a constant must not take: the language's and ours, and those of the chunks that were typed.
  private var taken = Set(ScriptCompletion.names.map(\.text))
  /// A chunk can have 200 locals (`MAXVARS`); what comes later stays where it is used.
  private static let most = 150

  var isEmpty: Bool { lines.isEmpty }
  var count: Int { lines.count }

  mutating func add(_ code: LuaCode) { lines.append(code) }

  /// - Parameter isStatement: else it is an expression, which a script shows.
  mutating func add(chunk: String, isStatement: Bool) {
    taken.formUnion(chunk.matches(of: /[A-Za-z_]\w*/).map { String($0.output) })
    lines.append(isStatement ? "\(code: chunk)" : "show(\(code: chunk))")
  }

  /// The script's text.
  ///
  /// - Parameter title: a comment at its head.
  func script(title: String) -> String {
    var (names, used) = ([LuaCode.Part: String](), taken)
    var text = "-- " + title.replacing("\n", with: " ") + "\n"
    for part in lines.flatMap(\.parts) where names.count < Self.most {
      guard case .constant(let kind, let literal) = part, names[part] == nil else { continue }
      let name = Self.name(kind, used)
      used.insert(name)
      names[part] = name
      text += "local \(name) = \(literal)\n"
    }
    if !names.isEmpty { text += "\n" }
    for line in lines {
      text +=
        line.parts.map { part in
          switch part {
          case .code(let code): code
          case .constant(_, let literal): names[part] ?? literal
          }
        }.joined() + "\n"
    }
    return text
  }

  private static func name(_ kind: String, _ used: Set<String>) -> String {
    guard used.contains(kind) else { return kind }
    var number = 2
    while used.contains(kind + String(number)) { number += 1 }
    return kind + String(number)
  }
}

extension LuaCode.Part: Hashable {}
