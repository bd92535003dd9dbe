import CartEngine
import CartModel
import CartSupport

/// One verb of the console, declared once: dispatch, usage and help come from here.
struct Verb: Sendable {
  let name: String
  /// What follows the name: `ID SKU [QTY]`.
  let usage: String
  let help: String
  /// Names of the `name=value` words that it takes.
  let options: Set<String>
  /// Those of them that `--name` alone sets to yes.
  let flags: Set<String>
  /// What its other words are.
  let kind: VerbWords
  /// The least and the most plain words.
  let words: ClosedRange<Int>
  /// Whether it only looks, and so can look at an earlier moment: `.at`.
  var looks = false
  /// Whether it cannot be undone, so that it always asks.
  var isFinal = false
  /// Whether a word of it may begin with a dash.
  let takesDash: Bool
  /// When what it shows may be longer than the screen.
  let pages: VerbPages
  /// Whether it is about the console and not about the shop: then it has no Lua, and none is missed.
  let isOfConsole: Bool
  let body: @Sendable (Console, VerbCall) throws -> Void

  init(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    flags: Set<String> = [], kind: VerbWords = .plain, takesDash: Bool = false,
    pages: VerbPages = .never, isOfConsole: Bool = false, _ help: String,
    _ body: @escaping @Sendable (Console, VerbCall) throws -> Void
  ) {
    self.name = name
    self.usage = usage
    self.words = words
    self.options = options
    self.flags = flags
    self.kind = kind
    self.takesDash = takesDash
    self.pages = pages
    self.isOfConsole = isOfConsole
    self.help = help
    self.body = body
  }

  var line: String { "." + name + (usage.isEmpty ? "" : " " + usage) }

  static let all: [Verb] =
    FindVerbs.all + ReportVerbs.all + PastVerbs.all + ChangeVerbs.all + BulkVerbs.all
    + ImportVerb.all + SafetyVerbs.all + ModeVerbs.all + ListVerbs.all + RuleVerbs.all
    + TryVerb.all + WhyVerb.all + OutputVerbs.all + ViewVerbs.all + EditVerb.all + WatchVerb.all
    + TeamVerbs.all + HelpVerb.all + ScreenVerbs.all + LaterVerbs.all

  /// Whether it only says something, which may be long, and asks nothing.
  func isPaged(_ call: VerbCall) -> Bool {
    switch pages {
    case .never: looks
    case .always: true
    case .words(let words): words.contains(call[0])
    }
  }

  /// The verb as one that can look at an earlier moment.
  var looking: Verb {
    var copy = self
    copy.looks = true
    return copy
  }
}

/// When a verb only says something, which may be long, and asks nothing.
enum VerbPages: Sendable {
  /// Only where it looks at carts.
  case never
  case always
  /// With one of these as its first word; "" is for none.
  case words(Set<String>)
}

/// A verb's words: plain ones, and options taken out.
struct VerbCall {
  let line: String
  let words: [String]
  /// The words with their quotes.
  let typed: [TypedWord]
  let options: [String: String]
  /// Whether it is done to many carts: then a word means one thing for all of them.
  var isBulk = false

  init(line: String, typed: [TypedWord], options: [String: String]) {
    self.line = line
    self.typed = typed
    self.options = options
    words = typed.map(\.text)
  }

  subscript(_ index: Int) -> String { index < words.count ? words[index] : "" }
}

extension Console {
  /// Runs a line that begins with a verb.
  func verb(_ line: String) throws {
    let words: [TypedWord]
    do throws(ModelError) { words = try TypedWord.split(line) } catch {
      throw ConsoleError.usage("\(quoted(line)): \(error.message)")
    }
    try verb(words, line: line)
  }

  /// Runs a verb, its name with the dot first.
  ///
  /// - Parameter only: whether it may change something.
  func verb(_ words: [TypedWord], line: String, only isAllowed: (Verb) -> Bool = { _ in true })
    throws
  {
    let name = String(words[0].text.dropFirst())
    guard let verb = Verb.all.first(where: { $0.name == name }) else {
      throw ConsoleError.usage(
        "no verb \(quoted(words[0].text))"
          + (TypedLine.synonym(name).map { "; use .\($0)" }
            ?? didYouMean(name, among: Verb.all.map(\.name)))
          + "; .help lists them")
    }
    guard isAllowed(verb) else {
      throw ConsoleError.usage("\(quoted(line)): .\(name) cannot be used here")
    }
    let (plain, options) = try verb.split(words.dropFirst())
    guard verb.words.contains(plain.count) else {
      throw ConsoleError.usage(verb.wordsMessage(given: plain.count))
    }
    let call = VerbCall(line: line, typed: plain, options: options)
    // Before it runs: what @3 means may be another cart after it.
    let lua = try? handler.confirmer.unasked { try VerbLua.phrases[name]?(self, call) }
    let isAboutItself = verb.isOfConsole
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

  /// - Parameter options: those that have a meaning for the verb.
  func filter(_ words: some Sequence<TypedWord>, _ options: Set<FilterOption>, for verb: String)
    throws -> Filter
  {
    let filter = try FilterParser(zone: shop.zone, now: handler.now).parse(Array(words))
    try filter.check(options, verb)
    return filter
  }
}
