import CartApplication
import CartEngine
import CartModel
import CartReports
import CartScripting
import CartSupport
import LineEditor

/// What could stand at the end of a line that is being typed.
///
/// Looks at the shop and at declarations; nothing that the user wrote is run for it.
struct Completer: WorkspacePart {
  let workspace: Workspace
  typealias Candidate = LineEditor.Completion.Candidate

  /// How many candidates are listed.
  static let most = 30
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// - Parameter chunk: the lines of an unfinished chunk before this one.
  func completion(of line: String, after chunk: String = "") -> LineEditor.Completion {
    let isVerb = chunk.isEmpty && line.drop { $0 == " " }.hasPrefix(".")
    var (typed, candidates) =
      isVerb ? verb(line) : lua(chunk.isEmpty ? line : chunk + "\n" + line)
    // What a stranger named so that it would act when it is typed is not offered.
    candidates = candidates.compactMap { candidate in
      guard printable(candidate.text) == candidate.text else { return nil }
      guard isVerb else { return candidate.text.contains { "\"\\".contains($0) } ? nil : candidate }
      guard candidate.text.contains(where: { " \t'\"".contains($0) }),
        !candidate.text.hasPrefix(".")
      else { return candidate }
      var quoted = candidate
      quoted.text = "\"" + candidate.text + "\""
      return candidate.text.contains("\"") ? nil : quoted
    }
    // A word of a verb that is whole is followed by the next.
    if isVerb, candidates.count == 1, !"=/".contains(candidates[0].text.last ?? " ") {
      candidates[0].text += " "
    }
    return LineEditor.Completion(
      replaced: typed.unicodeScalars.count, candidates: Array(candidates.prefix(Self.most)),
      more: max(0, candidates.count - Self.most))
  }

  func matching(_ typed: String, _ all: [Candidate]) -> [Candidate] {
    all.filter { $0.text.hasPrefix(typed) }
  }

  // MARK: Verbs

  private func verb(_ line: String) -> (typed: String, [Candidate]) {
    let split = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    // Quotes that are closed keep blanks together.
    let words = (try? TypedWord.split(line))?.map(\.text) ?? split
    let typed = line.hasSuffix(" ") ? "" : words.last ?? ""
    let before = line.hasSuffix(" ") ? words : words.dropLast()
    guard let first = before.first else {
      return (typed, matching(typed, Verb.all.map { .init("." + $0.name, note: $0.help) }))
    }
    guard let verb = Verb.all.first(where: { "." + $0.name == first }) else { return (typed, []) }
    return word(typed, Array(before.dropFirst()), verb)
  }

  private func word(_ typed: String, _ before: [String], _ verb: Verb) -> (
    String, [Candidate]
  ) {
    // Behind some stands another verb.
    if let rest = inner(of: verb, before) {
      guard let name = rest.first else {
        let names = Verb.all.filter {
          verb.name == "each" ? ChangeVerbs.byName[$0.name] != nil : $0.looks
        }
        let dot = typed.hasPrefix(".") || verb.name == "view" ? "." : ""
        return (typed, matching(typed, names.map { .init(dot + $0.name, note: $0.help) }))
      }
      guard let inner = Verb.all.first(where: { $0.name == name.drop { $0 == "." } }) else {
        return (typed, [])
      }
      let own = Array(rest.dropFirst())
      return word(typed, verb.name == "each" ? ["@"] + own : own, inner)
    }
    if let equals = typed.firstIndex(of: "=") {
      let (name, value) = (String(typed[..<equals]), String(typed[typed.index(after: equals)...]))
      return (value, matching(value, values(of: name)))
    }
    let plain = before.filter { word in
      !verb.options.contains(String(word.prefix { $0 != "=" })) || !word.contains("=")
    }
    let options = matching(typed, verb.options.sorted().map { .init($0 + "=") })
    let kinds = Self.kinds(of: verb)
    guard let kind = plain.count < kinds.count ? kinds[plain.count] : kinds.last else {
      return (typed, options)
    }
    // What stands at its place first; options follow the rest.
    let own = candidates(typed, kind, plain, verb)
    return (typed, own + (typed.isEmpty && !own.isEmpty ? [] : options))
  }

  /// The words of the verb that stands behind this one's own; nil while those are typed.
  private func inner(of verb: Verb, _ before: [String]) -> ArraySlice<String>? {
    switch verb.name {
    case "at": return before.isEmpty ? nil : before.dropFirst()
    case "each": return before.contains(":") ? before.drop { $0 != ":" }.dropFirst() : nil
    case "watch": return before.first.flatMap(Double.init) == nil ? before[...] : before.dropFirst()
    case "view": return before.count > 1 && before[1] == "=" ? before.dropFirst(2) : nil
    default: return nil
    }
  }

  /// The words of a verb's usage, without brackets and options.
  private static func kinds(of verb: Verb) -> [String] {
    verb.usage.split(separator: " ").map { $0.filter { !"[]".contains($0) } }
      .filter { !$0.hasSuffix("=") && !$0.hasPrefix("confirm=") && !$0.isEmpty }
  }

  private func candidates(_ typed: String, _ kind: String, _ before: [String], _ verb: Verb)
    -> [Candidate]
  {
    switch (verb.name, kind) {
    case (_, "ID"): return carts(typed)
    case ("cart", _), ("why", _): return carts(typed)
    case (_, "SKU"), ("products", "TEXT"): return products(typed)
    case (_, "LINE"): return lines(typed, of: before.first)
    case (_, "CODE|-CODE"):
      let codes = shop.settings.coupons.map(\.code)
      return matching(
        typed, typed.hasPrefix("-") ? codes.map { .init("-" + $0) } : codes.map { .init($0) })
    case ("rules", _) where before.isEmpty:
      return matching(typed, RuleVerbs.words.map { .init($0.name) })
    case ("rules", _) where before.count == 1: return matching(typed, rules())
    case ("report", "NAME"): return matching(typed, reports())
    case ("view", _) where before.isEmpty:
      let views = (try? ViewFile(home.viewsPath))?.lines ?? []
      return matching(typed, views.map { .init($0.name, note: $0.line) })
    case ("help", _):
      let topics = VerbTopic.all.map(\.name) + FieldHelp.topics + ["tour"]
      return matching(typed, (topics + Verb.all.map(\.name) + ScriptHelp.names).map { .init($0) })
    case (_, "FILE"), (_, "FILE.lua"), (_, "FILE|off"): return files(typed)
    case (_, _) where kind.hasPrefix("WHERE"): return fields(typed)
    default:
      let words = kind.split(separator: "|").map(String.init)
      guard words.count > 1, words.allSatisfy({ $0.first?.isLowercase ?? false }) else { return [] }
      return matching(typed, words.map { .init($0) })
    }
  }

  private func values(of field: String) -> [Candidate] {
    switch field {
    case "by": return CartGroups.names.map { .init($0) }
    case "billing_country": return Country.codes.sorted().map { .init($0) }
    default: break
    }
    guard let field = try? CartField.named(field) else { return [] }
    switch field.kind {
    case .status: return (Status.allCases.map(\.rawValue) + ["any"]).map { .init($0) }
    case .country: return Country.codes.sorted().map { .init($0) }
    case .currency: return Currency.codes.map { .init($0) }
    case .choice(let words): return words.map { .init($0) }
    case .flag: return ["true", "false"].map { .init($0) }
    case .text where field == .sku: return products("")
    case .text where field == .coupon: return shop.settings.coupons.map { .init($0.code) }
    case .text where field == .flags: return rules()
    case .text, .title, .email, .address, .number, .amount, .time, .span: return []
    }
  }

  private func fields(_ typed: String) -> [Candidate] {
    let fields = CartField.all.map { Candidate($0.name + "=", note: $0.about) }
    let keyed = CartFieldFamily.all.flatMap { family in
      family.keys.isEmpty
        ? [Candidate(family.name + ".", note: family.about)]
        : family.keys.map { Candidate("\(family.name).\($0)=") }
    }
    let options = FilterOption.allCases.map { Candidate($0.rawValue + "=") }
    return matching(typed, (fields + keyed + options).sorted { $0.text < $1.text })
  }

  // MARK: Lua

  private func lua(_ text: String) -> (typed: String, [Candidate]) {
    func named(_ names: [ScriptCompletion.Name]) -> [Candidate] {
      names.map { .init($0.text, note: $0.note) }
    }
    switch ScriptCompletion.place(in: text, globals: session.globalClasses) {
    case .name(let typed):
      let own = session.globals.filter { name in
        !ScriptCompletion.names.contains { $0.text == name }
      }
      guard !typed.isEmpty else { return (typed, []) }
      return (
        typed,
        matching(typed, own.map { .init($0, note: "a global") } + named(ScriptCompletion.names))
      )
    case .member(let owner, let typed, let isMethod):
      return (
        typed, matching(typed, named(ScriptCompletion.members(of: owner, isMethod: isMethod)))
      )
    case .literal(let function, let typed): return literal(of: function, typed)
    case .none: return ("", [])
    }
  }

  private func literal(of function: String, _ typed: String) -> (String, [Candidate]) {
    switch function {
    case "cart": return (typed, carts(typed))
    case "product", ":add": return (typed, products(typed))
    case ":set", ":remove": return (typed, products(typed))
    case ":apply_coupon", ":remove_coupon":
      return (typed, matching(typed, shop.settings.coupons.map { .init($0.code) }))
    case "reports.run": return (typed, matching(typed, reports()))
    case "help": return (typed, matching(typed, ScriptHelp.names.map { .init($0) }))
    case "carts", "orders":
      if let equals = typed.firstIndex(of: "=") {
        let value = String(typed[typed.index(after: equals)...])
        return (value, matching(value, values(of: String(typed[..<equals]))))
      }
      return (typed, fields(typed))
    default: return (typed, [])
    }
  }
}
