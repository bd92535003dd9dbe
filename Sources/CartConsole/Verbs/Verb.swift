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
  let traits: VerbTraits
  /// When what it shows may be longer than the screen.
  let pages: VerbPages
  let body: @Sendable (Console, VerbCall) throws -> Void

  /// A verb whose body is a method of a part of the workspace.
  init<Part: VerbGroup>(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    flags: Set<String> = [], kind: VerbWords = .plain, traits: VerbTraits = [],
    pages: VerbPages = .never, _ help: String,
    _ body: @escaping @Sendable (Part) -> (VerbCall) throws -> Void
  ) {
    self.init(
      name, usage, words, options: options, flags: flags, kind: kind, traits: traits, pages: pages,
      help
    ) { console, call in try body(Part(console.workspace))(call) }
  }

  /// A verb that is about the console itself, or runs other lines.
  init(
    _ name: String, _ usage: String, _ words: ClosedRange<Int>, options: Set<String> = [],
    flags: Set<String> = [], kind: VerbWords = .plain, traits: VerbTraits = [],
    pages: VerbPages = .never, _ help: String,
    console body: @escaping @Sendable (Console, VerbCall) throws -> Void
  ) {
    self.name = name
    self.usage = usage
    self.words = words
    self.options = options
    self.flags = flags
    self.kind = kind
    self.traits = traits
    self.pages = pages
    self.help = help
    self.body = body
  }

  var line: String { "." + name + (usage.isEmpty ? "" : " " + usage) }

  static let all: [Verb] =
    FindVerbs.all + ReportVerbs.all + PastVerbs.all + ChangeVerbs.all + BulkVerbs.all
    + ImportVerbs.all + SafetyVerbs.all + ModeVerbs.all + ListVerbs.all + RuleVerbs.all
    + WhyVerbs.all + OutputVerbs.all + ViewVerbs.all + EditVerbs.all + WatchVerbs.all
    + TeamVerbs.all + HelpVerbs.all + ScreenVerbs.all + LaterVerbs.all

  static func named(_ name: String) -> Verb? { all.first { $0.name == name } }

  /// Whether it only looks, and so can look at an earlier moment: `.at`.
  var looks: Bool { traits.contains(.looks) }
  /// Whether it cannot be undone, so that it always asks.
  var isFinal: Bool { traits.contains(.isFinal) }
  /// Whether a word of it may begin with a dash.
  var takesDash: Bool { traits.contains(.takesDash) }
  /// Whether it is about the console and not about the shop: then it has no Lua, and none is missed.
  var isOfConsole: Bool { traits.contains(.isOfConsole) }

  /// Whether it only says something, which may be long, and asks nothing.
  func isPaged(_ call: VerbCall) -> Bool {
    switch pages {
    case .never: looks
    case .always: true
    case .words(let words): words.contains(call[0])
    }
  }
}

/// What is so of a verb.
struct VerbTraits: OptionSet, Sendable {
  let rawValue: Int

  static let looks = VerbTraits(rawValue: 1)
  static let isFinal = VerbTraits(rawValue: 2)
  static let takesDash = VerbTraits(rawValue: 4)
  static let isOfConsole = VerbTraits(rawValue: 8)
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
