import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Looks at rules over the shop's open carts, and at its lists; nothing follows from it.
struct RuleChecker: CatalogueWork {
  let catalogue: RuleCatalogue
  private let view: CartView

  init(_ catalogue: RuleCatalogue, _ view: CartView) {
    (self.catalogue, self.view) = (catalogue, view)
  }

  private static let sampleSize = 2_000
  /// Days without a hit that are worth a word.
  private static let quietDays: Int64 = 30

  /// What a rule of a file says of the sample.
  private struct Said {
    let file: String
    let line: Int
    let rule: ScriptRule
    /// By cart; a reason, or an error's message.
    var forward: [Int64: String] = [:]
    var errors: [(cart: String, message: String)] = []
    /// How many carts it was asked about, where it failed on too many of them in a row to go on.
    var stopped: Int?
    /// What it said of a cart in one order and in the other; nil for no.
    var difference: (cart: String, one: String?, other: String?)?
  }

  func check() throws -> [RuleFinding] {
    _ = handler.begin("rules check")
    let carts = try RuleCost(catalogue).sample(Self.sampleSize)
    var (findings, said, texts) = ([RuleFinding](), [Said](), [String: String]())
    for file in Files.list(folder).sorted() where file.hasSuffix(".lua") {
      let text = try Files.text(folder + "/" + file)
      texts[file] = text
      do { said += try judge(text, file, carts) } catch {
        // The check of the file itself reports what does not compile.
        guard (try? ScriptLint.check(text, name: "@" + file))?.contains(where: \.isError) == false
        else { continue }
        findings.append(
          RuleFinding(file: file, line: 1, message: "\(error)", isError: true))
      }
    }
    for one in said { findings += self.findings(one, carts.count) }
    findings += shadowed(said, carts)
    findings += try quiet(said)
    findings += unused(texts)
    return findings + (try lists())
  }

  // MARK: Over carts

  /// Asks each rule of a file about all carts in two orders, each time without a fresh instance.
  private func judge(_ text: String, _ file: String, _ carts: [Cart]) throws -> [Said] {
    let (one, other) = (
      try RuleTests.open(text, file, handler, catalogue),
      try RuleTests.open(text, file, handler, catalogue)
    )
    for session in [one, other] {
      session.limit(.rule)
      session.view = view
    }
    return try zip(one.rules, other.rules).map { rule, again in
      var said = Said(
        file: file, line: RuleCatalogue.line(of: rule.name, in: text) ?? 1, rule: rule)
      var (failures, asked) = (0, 0)
      for cart in carts where failures < RuleBook.failuresAllowed {
        asked += 1
        let words = try answer(one, rule, cart)
        said.forward[cart.key] = words.text
        failures = words.isError ? failures + 1 : 0
        if words.isError { said.errors.append((cart.id, words.text ?? "")) }
      }
      guard failures < RuleBook.failuresAllowed else {
        said.stopped = asked
        return said
      }
      for cart in carts.reversed() {
        let words = try answer(other, again, cart)
        guard words.text != said.forward[cart.key] else { continue }
        said.difference = (cart.id, said.forward[cart.key], words.text)
        break
      }
      return said
    }
  }

  private func answer(_ session: ScriptSession, _ rule: ScriptRule, _ cart: Cart) throws -> (
    text: String?, isError: Bool
  ) {
    guard rule.isAbout(cart) else { return (nil, false) }
    do throws(ScriptError) { return (try session.judge(rule, cart.key), false) } catch {
      if error.code == .interrupted || error.code == .limit || error.code == .memory { throw error }
      return ("error: " + error.message, true)
    }
  }

  private func findings(_ said: Said, _ count: Int) -> [RuleFinding] {
    var list: [RuleFinding] = []
    if let first = said.errors.first {
      list.append(
        RuleFinding(
          file: said.file, line: said.line,
          message:
            "rule \(said.rule.name): fails on \(said.errors.count) of "
            + (said.stopped.map {
              "the first \($0) of \(count) open carts, and was asked about no more"
            }
              ?? "\(count) open carts") + ", as on "
            + "cart \(first.cart): \(first.message.dropFirst("error: ".count))"))
    }
    if let difference = said.difference {
      func words(_ text: String?) -> String {
        text.map { $0.isEmpty ? "yes" : quoted($0) } ?? "no"
      }
      list.append(
        RuleFinding(
          file: said.file, line: said.line,
          message: "rule \(said.rule.name): depends on which carts it saw before: of cart "
            + "\(difference.cart) it says \(words(difference.one)) in one order and "
            + "\(words(difference.other)) in the other; keep nothing outside of 'when'"))
    }
    return list
  }

  /// Rules whose hits another one, which is asked first, hits as well.
  private func shadowed(_ said: [Said], _ carts: [Cart]) -> [RuleFinding] {
    func hits(_ said: Said) -> Set<Int64> {
      Set(said.forward.filter { !$0.value.hasPrefix("error: ") }.keys)
    }
    func isFirst(_ a: ScriptRule, _ b: ScriptRule) -> Bool {
      (-a.priority, a.name) < (-b.priority, b.name)
    }
    let holds = said.filter { $0.rule.action == .hold }.map { (said: $0, hits: hits($0)) }
    var list: [RuleFinding] = []
    for one in holds where one.hits.count >= 3 {
      let wider = holds.first {
        $0.said.rule.name != one.said.rule.name && isFirst($0.said.rule, one.said.rule)
          && one.hits.isSubset(of: $0.hits)
      }
      guard let wider, let key = one.hits.min(), let cart = carts.first(where: { $0.key == key })
      else { continue }
      list.append(
        RuleFinding(
          file: one.said.file, line: one.said.line,
          message:
            "rule \(one.said.rule.name): is shadowed by \(wider.said.rule.name), which matches "
            + "all \(one.hits.count) open carts that it matches, as cart \(cart.id), and decides "
            + "first"))
    }
    return list
  }

  // MARK: In the event log

  private func quiet(_ said: [Said]) throws -> [RuleFinding] {
    let since = handler.now.advanced(by: -Self.quietDays * 86_400_000)
    return try said.compactMap { one in
      guard let state = try? rule(one.rule.name), state.setting.mode != .off,
        let made = state.versions.first?.at, made < since
      else { return nil }
      let last = try handler.shop.store.lastHit(of: one.rule.name)
      guard last.map({ $0 < since }) ?? true else { return nil }
      return RuleFinding(
        file: one.file, line: one.line,
        message: "rule \(one.rule.name): matched no cart in \(Self.quietDays) days, "
          + (last.map { "last on \(handler.shop.zone.text($0))" } ?? "nor ever"))
    }
  }

  /// Files that nothing reads.
  private func unused(_ texts: [String: String]) -> [RuleFinding] {
    let libraries = Files.list(folder + "/lib").filter { $0.hasSuffix(".lua") }.sorted()
    var all = texts.values.joined(separator: "\n")
    for name in libraries { all += "\n" + ((try? Files.text(folder + "/lib/" + name)) ?? "") }
    func finding(_ path: String, _ what: String) -> RuleFinding {
      RuleFinding(file: path, line: 1, message: "\(what): no rule reads it")
    }
    return Files.list(folder + "/lists").sorted().filter { !all.contains($0) }.map {
      finding("lists/" + $0, "list")
    }
      + libraries.filter { name in
        let module = name.dropLast(4)
        return !all.contains("\"\(module)\"") && !all.contains("'\(module)'")
      }.map { finding("lib/" + $0, "module") }
  }

  // MARK: Lists

  private func lists() throws -> [RuleFinding] {
    var findings: [RuleFinding] = []
    func add(_ message: String) {
      findings.append(RuleFinding(file: "", line: 0, message: message))
    }
    func words(_ entry: ListEntry) -> String { "\(entry.pattern.kind.name) \(entry.pattern.text)" }
    var active: [ListEntry.List: [ListEntry]] = [:]
    for list in ListEntry.List.allCases {
      active[list] = try handler.reader.entries(list).filter { $0.isActive(at: handler.now) }
    }
    for list in ListEntry.List.allCases {
      let coverage = ListCoverage(active[list] ?? [])
      for entry in active[list] ?? [] {
        guard let wider = coverage.entry(over: entry.pattern, isSame: false),
          // A narrower one that stays longer is not in vain.
          (wider.expires ?? .distant) >= (entry.expires ?? .distant)
        else { continue }
        add("\(list.name): \(words(entry)) is covered by \(words(wider))")
      }
    }
    let allowed = ListCoverage(active[.allowlist] ?? [])
    for entry in active[.blacklist] ?? [] {
      if let wider = allowed.entry(over: entry.pattern, isSame: true) {
        add(
          "blacklist: \(words(entry)) has no effect: the allowlist has \(words(wider)), which wins")
      }
    }
    return findings
  }
}

extension Timestamp {
  fileprivate static let distant = Timestamp(milliseconds: .max)
}
