import CartModel
import CartStorage
import CartSupport

/// Entries of lists, and what rules are and said.
extension EventDecoder {
  func source(_ fields: Fields) throws(Failure) -> RuleEvent {
    let (digest, text) = (
      try fields.required("source"), try fields.text("text", limit: 1 << 22) ?? ""
    )
    guard hexadecimal(Digest.key(of: text).bytes) == digest else {
      throw .rejected("source: its text does not have the digest \(quoted(digest))")
    }
    return .source(digest: digest, text: text)
  }

  func version(_ fields: Fields) throws(Failure) -> RuleVersion {
    func pairs(_ key: String) throws(Failure) -> [(String, String)] {
      guard let json = fields.json[key], json != .null else { return [] }
      guard case .object(let members) = json else {
        throw .rejected("\(key): expected an object, got \(json.kind)")
      }
      return members.map { ($0.key, $0.value.scalar ?? "") }
    }
    let kinds = [(RuleVersion.Kind.rule, "rule"), (.policy, "policy")]
    return RuleVersion(
      rule: try fields.required("rule"),
      kind: fields.json["kind"] == nil ? .rule : try fields.choice("kind", of: kinds, \.1).0,
      number: try number(fields), file: try fields.text("file", limit: 255) ?? "",
      sources: try pairs("sources").map { .init(path: $0.0, digest: $0.1) },
      parameters: try pairs("params").map { .init(name: $0.0, value: $0.1) })
  }

  func setting(_ fields: Fields) throws(Failure) -> RuleSetting {
    let (rule, number) = (try fields.required("rule"), try number(fields))
    let mode = try fields.choice("mode", of: [RuleSetting.Mode.shadow, .enforce, .off], \.name)
    var band: Percent?
    if let text = try fields.text("band", limit: 20) {
      do throws(ModelError) { band = try Percent(text) } catch { throw .rejected(error.message) }
    }
    return RuleSetting(
      rule: rule, mode: mode, version: number, band: band, reason: try reason(fields))
  }

  func policyRun(_ fields: Fields) throws(Failure) -> PolicyRun {
    func count(_ key: String) throws(Failure) -> Int64 {
      guard let count = Int64(try fields.text(key, limit: 20) ?? "0"), count >= 0 else {
        throw .rejected("\(key): expected a whole number")
      }
      return count
    }
    return PolicyRun(
      policy: try fields.required("rule"), version: try number(fields),
      isShadow: try fields.flag("shadow") ?? false,
      carts: try count("carts"), orders: try count("orders"), left: try count("left"))
  }

  func decision(_ fields: Fields) throws(Failure) -> Decision {
    let (rule, number) = (try fields.required("rule"), try number(fields))
    let outcome = try fields.choice(
      "outcome", of: [Decision.Outcome.hold, .flag, .error, .order, .left], \.name)
    return Decision(
      cart: try fields.required("of"), rule: rule, version: number, outcome: outcome,
      isShadow: try fields.flag("shadow") ?? false, reason: try reason(fields))
  }

  private func number(_ fields: Fields) throws(Failure) -> Int64 {
    guard let number = Int64(try fields.text("version", limit: 20) ?? "0"),
      (0...1_000_000_000).contains(number)
    else {
      throw .rejected("version: expected a whole number of up to 10^9")
    }
    return number
  }

  /// A reason that is not the operation's.
  private func reason(_ fields: Fields) throws(Failure) -> String {
    try fields.text("cause", limit: 2000) ?? ""
  }

  func cause(_ fields: Fields) throws(Failure) -> Cause {
    Cause(
      rule: try fields.required("rule"), source: try fields.text("source", limit: 200) ?? "",
      reason: try fields.text("cause", limit: 2000) ?? "",
      tell: try fields.text("tell", limit: 2000) ?? "")
  }

  func entry(_ fields: Fields) throws(Failure) -> ListEntry {
    let name = try fields.text("list", limit: 20) ?? "blacklist"
    guard let list = ListEntry.List.allCases.first(where: { $0.name == name }) else {
      throw .rejected("list: expected blacklist or allowlist, got \(quoted(name))")
    }
    var given: [(ListEntry.Kind, String)] = []
    for kind in ListEntry.Kind.allCases {
      if let text = try fields.text(kind.name, limit: 320) { given.append((kind, text)) }
    }
    guard let (kind, text) = given.first, given.count == 1 else {
      throw .rejected("expected one of 'ip', 'email' and 'country', got \(given.count)")
    }
    let author = try fields.text("author", limit: 300) ?? "import"
    let (created, expires) = (try fields.time("created"), try fields.time("expires"))
    var entry: ListEntry
    let at = fields.json["at"]?.scalar ?? ""
    do throws(ModelError) {
      entry = ListEntry(
        id: "", list: list, pattern: try ListEntry.Pattern(kind, text), author: try Actor(author),
        created: try Timestamp(at), expires: expires)
    } catch { throw .rejected(error.message) }
    if let created { entry.created = created }
    entry.id = try fields.text("entry", limit: 100) ?? ""
    entry.reason = try fields.text("cause", limit: 2000) ?? ""
    entry.tell = try fields.text("tell", limit: 2000) ?? ""
    return entry
  }
}
