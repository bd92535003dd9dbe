import CartApplication
import CartSupport

/// Verbs about where output goes, and how it is shown.
struct OutputVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] =
    [
      Verb(
        "output", "[FILE|off]", 0...1, traits: .isOfConsole,
        "Sends what follows to a file, which is replaced at .output off or when the console ends.",
        OutputVerbs.output),
      Verb(
        "once", "FILE", 1...1, traits: .isOfConsole,
        "Sends what the next command shows to a file; it stays as it was if the command fails.",
        OutputVerbs.once),
      RecordVerbs.timing,
      Verb(
        "pager", "[on|off]", 0...1, traits: .isOfConsole,
        "What is longer than the screen goes through $PAGER, else less.", OutputVerbs.pager),
      Verb(
        "pictures", "[on|off]", 0...1, traits: .isOfConsole,
        "Shows products in .cart on a terminal that can (kitty, sixel); fetches their addresses.",
        OutputVerbs.pictures),
    ] + RecordVerbs.all + [
      Verb("reload", "", 0...0, "Reads store.lua and the rules again.", OutputVerbs.reload)
    ]

  private func output(_ call: VerbCall) throws {
    switch call.words.first {
    case nil: io.messages("output: " + (screen.sink.path ?? "the screen"))
    case "off": try screen.sink.close()
    case let path?: try open(path, once: false)
    }
  }

  private func once(_ call: VerbCall) throws { try open(call[0], once: true) }

  private func open(_ path: String, once: Bool) throws {
    try home.checkTarget(path)
    try screen.sink.open(path, once: once, wait: application.wait)
  }

  private func pager(_ call: VerbCall) throws {
    screen.hasPager = try call.isOn(instead: screen.hasPager)
    guard screen.hasPager else { return io.messages("pager is off") }
    let found = Pager(Home.environment).map { ": \($0.command)" }
    io.messages(
      "pager is on" + (found ?? ", but no pager was found: install less, or set PAGER"))
  }

  private func pictures(_ call: VerbCall) throws {
    let isOn = try call.isOn(instead: screen.pictures != nil)
    screen.pictures =
      isOn ? try Pictures(Home.environment, cache: try home.picturesCache()) : nil
    io.messages("pictures are \(isOn ? "on" : "off")")
  }

  private func reload(_ call: VerbCall) throws {
    let hasSettings = try application.settings.reload()
    try RuleFolder(application).refresh(call.line)
    io.messages(
      hasSettings
        ? "settings and rules are read again"
        : "rules are read again; "
          + (shop.isPractice
            ? "a practice store has its own settings"
            : "there is no \(printable(home.settingsPath))"))
  }
}

extension VerbCall {
  /// What on and off say; nothing turns it round.
  func isOn(instead before: Bool) throws -> Bool {
    switch words.first {
    case nil: return !before
    case "on": return true
    case "off": return false
    case let word?:
      let name = line.drop { $0 == "." }.prefix { $0.isLetter }
      throw ConsoleError.usage("\(name): expected on or off, got \(quoted(word))")
    }
  }
}
