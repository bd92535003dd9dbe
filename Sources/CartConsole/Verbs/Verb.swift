import CartEngine
import CartModel

/// One verb of the console, declared once: dispatch, usage and help come from here.
struct Verb: Sendable {
  let name: String
  /// What follows the name: `ID SKU [QTY]`.
  let usage: String
  let help: String
  /// Names of the `name=value` words that it takes.
  let options: Set<String>
  /// The least and the most plain words.
  let words: ClosedRange<Int>
  /// Whether it only looks, and so can look at an earlier moment: `.at`.
  var looks = false
  let body: @Sendable (Console, VerbCall) throws -> Void

  init(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    _ help: String, _ body: @escaping @Sendable (Console, VerbCall) throws -> Void
  ) {
    self.name = name
    self.usage = usage
    self.words = words
    self.options = options
    self.help = help
    self.body = body
  }

  var line: String { "." + name + (usage.isEmpty ? "" : " " + usage) }

  static let all: [Verb] =
    FindVerbs.all + ReportVerbs.all + PastVerbs.all + ChangeVerbs.all + BulkVerbs.all
    + SafetyVerbs.all
    + ModeVerbs.all + ListVerbs.all + RuleVerbs.all + WhyVerb.all + OutputVerbs.all
    + ViewVerbs.all + EditVerb.all + WatchVerb.all + TeamVerbs.all + HelpVerb.all + ScreenVerbs.all
    + LaterVerbs.all

  /// Whether it only says something, which may be long, and asks nothing.
  func isPaged(_ call: VerbCall) -> Bool {
    switch name {
    case "help", "ops", "diff", "handover", "mine", "why", "lua", "error": true
    case "plan", "jobs": call.words.isEmpty
    case "rules": call.words.isEmpty || ["list", "show", "diff"].contains(call[0])
    case "blacklist", "allowlist": call[0] == "list"
    default: looks
    }
  }

  /// Takes the options out of its words.
  func split(_ words: some Sequence<String>) -> (plain: [String], options: [String: String]) {
    var (plain, given) = ([String](), [String: String]())
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, options.contains(String(parts[0])) {
        given[String(parts[0])] = String(parts[1])
      } else {
        plain.append(word)
      }
    }
    return (plain, given)
  }

  /// The verb as one that can look at an earlier moment.
  var looking: Verb {
    var copy = self
    copy.looks = true
    return copy
  }
}

/// A verb's words: plain ones, and options taken out.
struct VerbCall {
  let line: String
  let words: [String]
  let options: [String: String]
  /// Whether it is done to many carts: then a word means one thing for all of them.
  var isBulk = false

  subscript(_ index: Int) -> String { index < words.count ? words[index] : "" }
}

extension Console {
  /// Runs a line that begins with a verb.
  func verb(_ line: String) throws {
    let words: [String]
    do throws(ModelError) { words = try Words.split(line) } catch {
      throw ConsoleError.usage("\(quoted(line)): \(error.message)")
    }
    try verb(words, line: line)
  }

  /// Runs a verb, its name with the dot first.
  ///
  /// - Parameter only: whether it may change something.
  func verb(_ words: [String], line: String, only isAllowed: (Verb) -> Bool = { _ in true })
    throws
  {
    let name = String(words[0].dropFirst())
    guard let verb = Verb.all.first(where: { $0.name == name }) else {
      throw ConsoleError.usage(
        "no verb \(quoted(words[0]))" + didYouMean(name, among: Verb.all.map(\.name))
          + "; .help lists them")
    }
    guard isAllowed(verb) else {
      throw ConsoleError.usage("\(quoted(line)): .\(name) cannot be used here")
    }
    let (plain, options) = verb.split(words.dropFirst())
    guard verb.words.contains(plain.count) else {
      let problem = plain.count < verb.words.lowerBound ? "too few words" : "too many words"
      throw ConsoleError.usage("\(verb.line): \(problem); usage: \(verb.line)")
    }
    let call = VerbCall(line: line, words: plain, options: options)
    // Before it runs: what @3 means may be another cart after it.
    let lua = try? handler.confirmer.unasked { try VerbLua.phrases[name]?(self, call) }
    let isAboutItself = Self.aboutTheConsole.contains(name)
    if !isAboutItself { lastLua = lua }
    if verb.isPaged(call) {
      try paged { try verb.body(self, call) }
    } else {
      try verb.body(self, call)
    }
    if isAboutItself || recording == nil { return }
    if let lua {
      recording?.add(lua)
    } else {
      io.messages("note: .\(name) has no Lua here; the recording goes on without it")
    }
  }

  /// Verbs about the console, not about the shop.
  private static let aboutTheConsole: Set<String> = [
    "lua", "record", "stop", "output", "once", "timing", "error", "mode", "help", "view", "read",
    "quit", "edit", "watch", "pager", "pictures",
  ]

  func filter(_ words: [String]) throws -> Filter {
    try FilterParser(zone: shop.zone, now: handler.now).parse(words)
  }
}
