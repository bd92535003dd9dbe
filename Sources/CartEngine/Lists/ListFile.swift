import CartModel

/// Reads entries of a list from a file: JSON lines, CSV with a header, or one address, mail, domain or
/// country a line.
public struct ListFile: Sendable {
  /// One line of it.
  public struct Row: Equatable, Sendable {
    public var pattern: ListEntry.Pattern
    public var list: ListEntry.List
    public var reason = ""
    public var tell = ""
    public var expires: Timestamp?
    /// How long it counts from now on; where no time is given.
    public var ttl: Span?
  }

  private enum Form {
    case json
    case csv([String])
    case plain
  }

  private var form: Form?
  private let list: ListEntry.List

  public init(list: ListEntry.List) { self.list = list }

  /// What a line says; nil for an empty one, a comment, and the header.
  ///
  /// - Throws: `malformed`.
  public mutating func row(_ line: String) throws(EngineError) -> Row? {
    let text = line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line
    guard let first = text.first(where: { !$0.isWhitespace }), first != "#" else { return nil }
    if form == nil {
      let names = CSV.fields(text.lowercased())
      if first == "{" {
        form = .json
      } else if !Set(names).isDisjoint(with: Self.columns) {
        form = .csv(names)
        return nil
      } else {
        form = .plain
      }
    }
    switch form {
    case .json?: return try row(json: text)
    case .csv(let names)?:
      let pairs = zip(names, CSV.fields(text)).filter { !$0.1.isEmpty }
      return try row(Dictionary(pairs, uniquingKeysWith: { $1 }))
    default: return try row(["value": text])
    }
  }

  private static let columns: Set<String> = ["ip", "email", "country", "domain", "value", "entry"]

  private func row(json text: String) throws(EngineError) -> Row {
    guard case .object(let members) = try JSONParser.parse(text) else {
      throw EngineError(.malformed, "expected an object")
    }
    var values: [String: String] = [:]
    for member in members where member.value != .null {
      guard let text = member.value.scalar else {
        throw EngineError(
          .malformed, "\(member.key): expected a text, got \(member.value.kind)")
      }
      values[member.key] = text
    }
    return try row(values)
  }

  private func row(_ values: [String: String]) throws(EngineError) -> Row {
    do throws(ModelError) {
      var patterns: [ListEntry.Pattern] = []
      for kind in ListEntry.Kind.allCases {
        if let text = values[kind.name] { patterns.append(try .init(kind, text)) }
      }
      if let text = values["domain"] { patterns.append(try .init(.email, text)) }
      if let text = values["value"] ?? values["entry"] { patterns.append(try Self.pattern(text)) }
      guard let pattern = patterns.first, patterns.count == 1 else {
        throw ModelError(
          .malformed, "expected one of ip, email and country, got \(patterns.count)")
      }
      var row = Row(pattern: pattern, list: list)
      if let name = values["list"] {
        guard let given = ListEntry.List.allCases.first(where: { $0.name == name }) else {
          throw ModelError(
            .malformed, "list: expected blacklist or allowlist, got \(quoted(name))")
        }
        row.list = given
      }
      row.reason = values["reason"] ?? ""
      row.tell = values["tell"] ?? ""
      for (name, text) in [("reason", row.reason), ("tell", row.tell)] {
        guard text.utf8.count <= 2000, !text.containsNUL else {
          throw ModelError(
            .outOfRange, "\(name): expected at most 2000 bytes without a NUL, got \(quoted(text))")
        }
      }
      if let text = values["expires"] { row.expires = try Timestamp(text) }
      if let text = values["ttl"] {
        let span = try Span(text)
        guard span.milliseconds > 0 else {
          throw ModelError(.outOfRange, "ttl: expected more than 0 s")
        }
        row.ttl = span
      }
      return row
    } catch { throw EngineError(error) }
  }

  /// What a bare text is about: an address, a country's two capitals, else an e-mail or domain.
  public static func pattern(_ text: String) throws(ModelError) -> ListEntry.Pattern {
    let text = String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    if let block = try? AddressBlock(text) { return .ip(block) }
    if text.utf8.count == 2, text == text.uppercased() { return try .init(.country, text) }
    return try .init(.email, text)
  }
}

extension CSV {
  /// The fields of one line (RFC 4180); a quote may be doubled within quotes.
  public static func fields(_ line: String) -> [String] {
    var (fields, field, isQuoted) = ([String](), "", false)
    var characters = Array(line)[...]
    while let character = characters.popFirst() {
      switch character {
      case "\"" where isQuoted && characters.first == "\"":
        field.append("\"")
        characters = characters.dropFirst()
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      case "\r", "\n", "\r\n": break
      default: field.append(character)
      }
    }
    return fields + [field]
  }
}
