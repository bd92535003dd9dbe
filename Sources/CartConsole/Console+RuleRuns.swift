import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartScripting
import CartSupport

/// Passes of rules over all carts, and enforcing rules.
extension Console {
  /// `rules run [NAME] [--plan]`: one pass over all open carts, then the policies that are due.
  func runRules(_ words: [String], _ line: String) throws {
    let names = words.filter { $0 != "--plan" }
    guard names.count <= 1, words.count - names.count <= 1 else {
      throw ConsoleError.usage("rules run: expected [NAME] [--plan]")
    }
    try refreshRules(line)
    let only = try names.first.map { try book.rule($0).name }
    var run = RuleRun()
    var plan: Plan?
    let consent = handler.consent
    if handler.mode == .live { handler.consent = .given }
    defer { handler.consent = consent }
    try perform(line) {
      guard names.count < words.count else { return try pass(only, &run) }
      plan = try handler.run.plans.plan { try pass(only, &run, isTrial: true) }
    }
    let own = handler.run.cartsOfRules
    let isDone = handler.mode == .live && plan == nil
    let count = isDone ? run.held.count(where: own.contains) : run.held.count
    if run.judged > 0 || run.policies.isEmpty {
      io.output("\(Self.carts(run.judged)) judged, \(count) held\n")
    }
    for (name, failure) in book.passFailures.sorted(by: { $0.key < $1.key }) {
      io.messages(
        "rule \(name) failed on \(Self.carts(failure.carts)) and did not judge them: "
          + printable(failure.message))
    }
    if !handler.run.guard.unchecked.isEmpty {
      io.messages(
        "\(handler.run.guard.unchecked.text) of these carts cannot be compared with the blacklist; 'cartio export "
          + "carts' shows them")
    }
    show(run.policies)
    if let plan, !plan.changes.isEmpty { show(plan) }
  }

  /// What a pass came to.
  private struct RuleRun {
    var judged = 0
    var held: [Int64] = []
    var policies: [PolicyResult] = []
  }

  private func pass(_ only: String?, _ run: inout RuleRun, isTrial: Bool = false) throws {
    let kind = try only.map { try book.rule($0).current.kind }
    if kind != .policy {
      if handler.run.guard.canScan {
        // Counting them takes a while: for bands, and for a progress line.
        let count =
          try book.wantsCount(only) || io.terminal.width != nil
          ? try handler.run.guard.openCarts() : 0
        try book.pass(over: count, only: only) {
          run.judged = try handler.run.guard.judgeAll(of: count) { run.held.append($0) }
        }
      } else {
        let keys = try handler.reader.keys(matching: Filter())
        run.judged = keys.count
        try book.pass(over: keys.count, only: only) {
          try handler.run.guard.judge(keys) { if $1 { run.held.append($0) } }
        }
      }
    }
    if kind != .rule { run.policies = try book.runPolicies(only, isTrial: isTrial) }
  }

  /// Asks the rules about the carts that a live import changed.
  func judge(importedBy operation: Int64) throws {
    guard let imported = try shop.store.operation(operation) else { return }
    let consent = handler.consent
    handler.consent = .given
    defer { handler.consent = consent }
    try perform("import --live") {
      let keys = try shop.store.carts(of: imported)
      try book.pass(over: keys.count) { try handler.run.guard.judge(keys) { _, _ in } }
    }
  }

  /// `rules enforce NAME [confirm=N]`.
  func enforce(_ name: String, _ words: [String], _ line: String) throws {
    var confirmed: String?
    for word in words {
      guard word.hasPrefix("confirm=") else {
        throw ConsoleError.usage("rules enforce: expected NAME [confirm=N], got \(quoted(word))")
      }
      confirmed = String(word.dropFirst(8))
    }
    try refreshRules(line)
    try requireSound(name, "enforce")
    guard try book.rule(name).newest.kind == .rule else {
      guard words.isEmpty else {
        throw ConsoleError.usage("rules enforce: \(name) is a policy; expected its name alone")
      }
      return try enforce(policy: name, line)
    }
    handler.begin(line)
    let now = try hitsNow(name)
    let month = try lastMonth(name)
    if let month {
      try requireWorking(
        "rule \(name)", month.errors, of: month.judged, "of the last 30 days", month.error)
      try confirm(month, confirmed)
    }
    var setting: RuleSetting?
    try perform(line) {
      setting = try book.set(
        name, .enforce,
        judged: [(now.hits, now.carts)] + (month.map { [($0.hits.count, $0.judged)] } ?? []))
    }
    book.refresh()
    guard let setting else { return }
    io.output(
      "rule \(name): version \(setting.version) is enforced; it matches \(now.hits) of "
        + "\(Self.carts(now.carts)) now, "
        + (month.map {
          "matched \(Self.grouped($0.hits.count)) of \(Self.grouped($0.judged)) in 30 days, "
        } ?? "")
        + "and falls back to shadow beyond "
        + "\(setting.band.map { "\($0.rounded)" } ?? "100") % of those judged"
        + (now.errors > 0 ? "; it fails on \(Self.carts(now.errors))" : "") + "\n")
  }

  /// What a rule would have held in 30 days; nil where the past cannot say that.
  private func lastMonth(_ name: String) throws -> Backtest? {
    do {
      return try book.backtest(
        name, since: handler.now.advanced(by: -30 * 86_400_000), most: Self.backtestCarts)
    } catch let error as EngineError where error.code == .refused {
      io.messages("note: \(printable(error.message)). Its band is of the carts that are open now")
      return nil
    }
  }

  /// How many carts a backtest before enforcing looks at.
  private static let backtestCarts = 20_000

  private func hitsNow(_ name: String) throws -> (hits: Int, errors: Int, carts: Int) {
    var (hits, errors, asked, message) = (0, 0, 0, "")
    let keys = try handler.reader.keys(matching: Filter())
    // What fails from the first cart on need not be asked about all of them.
    try handler.reader.forEachCart(
      keys, until: { errors == asked && errors == RuleBook.failuresAllowed }
    ) { cart in
      do {
        if try book.isHit(name, cart) { hits += 1 }
      } catch let error as ScriptError where error.code != .interrupted {
        (errors, message) = (errors + 1, error.message)
      }
      asked += 1
    }
    try requireWorking(
      "rule \(name)", errors, of: asked, asked < keys.count ? "asked first" : "that are open",
      message, most: RuleBook.failuresAllowed)
    return (hits, errors, keys.count)
  }

  /// - Parameters:
  ///   - rule: the rule or policy, as messages call it.
  ///   - most: with so many failures it would soon fall back to shadow.
  /// - Throws: `refused` for one that fails on more carts than not, or on too many.
  func requireWorking(
    _ rule: String, _ errors: Int, of judged: Int, _ which: String, _ message: String,
    most: Int = .max
  ) throws {
    guard errors * 2 > judged || errors >= most else { return }
    throw EngineError(
      .refused,
      "\(rule): fails on \(Self.grouped(errors)) of \(Self.carts(judged)) \(which); it is not "
        + "enforced: \(message)")
  }

  /// A rule that would have cost more good orders than the shop allows wants their number typed.
  private func confirm(_ month: Backtest, _ confirmed: String?) throws {
    let lost = month.lost.count
    // A few are no sign of anything in a small shop.
    let allowed = max(
      3,
      Int(
        clamping: Int128(month.orders) * Int128(shop.settings.ordersLost.millionths) / 100_000_000))
    guard confirmed != nil || !month.isFlag && lost > allowed else { return }
    try handler.confirmer.confirm(
      .init(
        "rule \(month.rule): in the last 30 days it would have held \(lost) of \(month.orders) good "
          + "\(month.orders == 1 ? "order" : "orders"); store.lua allows \(allowed) (rules = { lost = "
          + "\"\(shop.settings.ordersLost.rounded)\" })", count: lost, wantsNumber: true),
      given: confirmed)
  }

  func setRule(_ name: String, _ mode: RuleSetting.Mode, _ line: String) throws {
    try refreshRules(line)
    if mode == .shadow { try requireSound(name, "shadow") }
    try perform(line) { _ = try book.set(name, mode) }
    book.refresh()
    io.output("rule \(name): \(mode.name)\n")
  }

  func setRule(_ name: String, _ words: [String], _ line: String) throws {
    try refreshRules(line)
    let pairs = try words.map { word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ConsoleError.usage("rules set: expected KEY=VALUE, got \(quoted(word))")
      }
      return (name: String(parts[0]), value: String(parts[1]))
    }
    var version: RuleVersion?
    try perform(line) { version = try book.set(name, parameters: pairs) }
    book.refresh()
    io.output(
      "rule \(name): version \(version?.number ?? 0); 'rules enforce \(name)' enforces it\n")
  }

  func rollBackRule(_ name: String, _ line: String) throws {
    try refreshRules(line)
    guard try book.rule(name).newest.kind == .rule else {
      throw EngineError(
        .refused,
        "rules rollback: \(name) is a policy, and orders cannot be undone; 'rules off \(name)' "
          + "ends it")
    }
    var (restored, bans) = (0, 0)
    let consent = handler.consent
    // Bringing back is the safe direction: nobody needs to be asked.
    if handler.mode == .live { handler.consent = .given }
    defer { handler.consent = consent }
    try perform(line) {
      try handler.run.note(reason: "rollback of \(name)")
      (restored, bans) = try handler.run.guard.rollBack(rule: name)
    }
    io.output(
      "rule \(name): \(Self.carts(restored)) restored"
        + (bans > 0 ? ", \(bans) \(bans == 1 ? "ban" : "bans") removed" : "") + "\n")
  }

  /// `.rules check [NAME…]`: the files, and over the shop's carts and lists; of names only their files.
  func checkRules(_ names: [String], _ line: String) throws {
    guard names.isEmpty else {
      var check = RuleCheck(io, now: handler.now)
      try check.read(
        try names.map { try RuleCheck.path($0, in: home.rulesFolder, now: handler.now) })
      if check.finish() == .failed { exit = .failed }
      return
    }
    try refreshRules(line)
    var check = RuleCheck(io, now: handler.now)
    try check.read([home.rulesFolder], isNamed: false, loads: false)
    check.show(try book.check(), in: home.rulesFolder)
    if check.finish() == .failed { exit = .failed }
  }
}
