import CartEngine
import CartModel
import CartSupport

/// What the fields of one record say.
extension ListFile {
  mutating func rows(json text: String) throws(EngineError) -> [ListRow] {
    let json = try EngineError.mapping { try JSONParser.parse(text) }
    guard case .object(let members) = json else {
      throw EngineError(.malformed, "expected an object")
    }
    var values: [String: String] = [:]
    for member in members where member.value != .null {
      if Self.computed.contains(member.key) {
        if !ignored.contains(member.key) { ignored.append(member.key) }
        continue
      }
      guard Self.columns.contains(member.key) else {
        throw EngineError(
          .malformed,
          "unknown key \(quoted(member.key))\(didYouMean(member.key, among: Self.columns))")
      }
      guard let text = member.value.scalar else {
        throw EngineError(
          .malformed, "\(member.key): expected a text, got \(member.value.kind)")
      }
      values[member.key] = text
    }
    return try rows(values)
  }

  func rows(_ values: [String: String]) throws(EngineError) -> [ListRow] {
    do throws(ModelError) {
      var patterns: [[ListEntry.Pattern]] = []
      for kind in ListEntry.Kind.allCases {
        guard let text = values[kind.name] else { continue }
        if kind == .ip, let blocks = AddressBlock.range(text) {
          patterns.append(blocks.map { .ip($0) })
        } else {
          patterns.append([try .init(typed: text, kind)])
        }
      }
      if let text = values["domain"] { patterns.append([try .init(.email, text)]) }
      if let text = values["value"] ?? values["entry"] { patterns.append(try Self.patterns(text)) }
      guard let found = patterns.first, patterns.count == 1 else {
        throw ModelError(
          .malformed, "expected one of ip, email and country, got \(patterns.count)")
      }
      var row = ListRow(found[0], list)
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
      if let text = values["expires"] {
        do throws(ModelError) { row.expires = try times.end(text) } catch {
          throw ModelError(error.code, "expires: \(error.message); how long it counts is ttl")
        }
      }
      if let text = values["ttl"] {
        let span = try Span(text)
        guard span.milliseconds > 0 else {
          throw ModelError(.outOfRange, "ttl: expected more than 0 s")
        }
        row.ttl = span
      }
      return found.map { pattern in
        var row = row
        row.pattern = pattern
        return row
      }
    } catch { throw EngineError(error) }
  }

  /// What a bare text is about: addresses, a country's two capitals, else an e-mail or domain.
  static func patterns(_ text: String) throws(ModelError) -> [ListEntry.Pattern] {
    let text = text.trimmingBlanks
    if let block = try? AddressBlock(text) {
      try ListEntry.Pattern.check(block)
      return [.ip(block)]
    }
    if let blocks = AddressBlock.range(text) { return blocks.map { .ip($0) } }
    if text.utf8.count == 2, text == text.uppercased() { return [try .init(.country, text)] }
    // Digits and dots are no domain, but an address with a mistake.
    guard !text.utf8.allSatisfy({ (0x2d...0x3a).contains($0) }) else {
      throw ModelError(
        .malformed, "ip: expected an address, a block or a range, got \(quoted(text))")
    }
    do throws(ModelError) { return [try .init(.email, text)] } catch {
      throw ModelError(
        .malformed,
        "expected an IP address, a block or a range of them, an e-mail, a domain or a country, got "
          + quoted(text))
    }
  }
}
