import CartApplication
import CartEngine
import CartModel
import CartScripting
import CartSupport

/// Verbs about where output goes, and what is said about a command.
enum OutputVerbs {
  static let all: [Verb] = [
    Verb(
      "output", "[FILE|off]", 0...1, isOfConsole: true,
      "Sends what follows to a file, which is replaced at .output off or when the console ends."
    ) { console, call in
      switch call.words.first {
      case nil: console.io.messages("output: " + (console.sink.path ?? "the screen"))
      case "off": try console.sink.close()
      case let path?: try console.open(path, once: false)
      }
    },
    Verb(
      "once", "FILE", 1...1, isOfConsole: true,
      "Sends what the next command shows to a file; it stays as it was if the command fails."
    ) { console, call in try console.open(call[0], once: true)
    },
    Verb(
      "timing", "[on|off]", 0...1, isOfConsole: true, "Says after each command how long it took."
    ) {
      console, call in
      console.hasTiming = try call.isOn(instead: console.hasTiming)
      console.io.messages("timing is \(console.hasTiming ? "on" : "off")")
    },
    Verb(
      "pager", "[on|off]", 0...1, isOfConsole: true,
      "What is longer than the screen goes through $PAGER, else less."
    ) { console, call in
      console.hasPager = try call.isOn(instead: console.hasPager)
      guard console.hasPager else { return console.io.messages("pager is off") }
      let found = Pager(Home.environment).map { ": \($0.command)" }
      console.io.messages(
        "pager is on" + (found ?? ", but no pager was found: install less, or set PAGER"))
    },
    Verb(
      "pictures", "[on|off]", 0...1, isOfConsole: true,
      "Shows products in .cart on a terminal that can (kitty, sixel); fetches their addresses."
    ) { console, call in
      let isOn = try call.isOn(instead: console.pictures != nil)
      console.pictures =
        isOn
        ? try Pictures(Home.environment, cache: try console.home.picturesCache()) : nil
      console.io.messages("pictures are \(isOn ? "on" : "off")")
    },
    Verb(
      "error", "", 0...0, pages: .always, isOfConsole: true,
      "Shows the last error again, with what was typed."
    ) {
      console, _ in
      guard let last = console.lastError else { return console.io.messages("no error yet") }
      console.io.output("typed: " + printable(last.line) + "\n")
      console.io.output("error: " + printable(last.error.message) + "\n")
      console.io.output("exit code: \(last.error.exit.rawValue)\n")
    },
    Verb("lua", "", 0...0, pages: .always, isOfConsole: true, "Shows the Lua of the last verb.") {
      console, _ in
      guard let code = console.lastLua else {
        throw ConsoleError.usage(
          "lua: the last verb has no Lua; a verb that lists or changes carts has")
      }
      console.io.output(code.text + "\n")
    },
    Verb(
      "record", "", 0...0, isOfConsole: true,
      "Keeps what is done from now on as a script; .stop FILE writes it."
    ) {
      console, _ in
      guard console.recording == nil else {
        throw ConsoleError.usage("record: is on already; .stop FILE.lua ends it")
      }
      console.recording = LuaRecording()
      console.io.messages("recording; .stop FILE.lua writes the script")
    },
    Verb("stop", "FILE.lua", 1...1, isOfConsole: true, "Writes what was recorded as a Lua script.")
    { console, call in
      guard let recording = console.recording else {
        throw ConsoleError.usage("stop: nothing is recorded; see .record")
      }
      guard call[0].hasSuffix(".lua") else {
        throw ConsoleError.usage("stop: expected a name that ends in .lua, got \(quoted(call[0]))")
      }
      guard !recording.isEmpty else {
        throw ConsoleError(
          .failed, "stop: nothing with Lua was done since .record; nothing is written")
      }
      try console.home.checkTarget(call[0])
      let file = try OutputFile(call[0])
      try file.write(
        recording.script(
          title:
            "Recorded by \(console.handler.actor) on \(console.shop.zone.text(console.shop.now()))")
      )
      try file.commit()
      console.recording = nil
      console.io.messages(
        "\(printable(call[0])): \(recording.count) \(recording.count == 1 ? "step" : "steps")")
    },
    Verb("reload", "", 0...0, "Reads store.lua and the rules again.") { console, call in
      let hasSettings = try console.application.settings.reload()
      try console.refreshRules(call.line)
      console.io.messages(
        hasSettings
          ? "settings and rules are read again"
          : "rules are read again; "
            + (console.shop.isPractice
              ? "a practice store has its own settings"
              : "there is no \(printable(console.home.settingsPath))"))
    },
  ]
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

extension Console {
  fileprivate func open(_ path: String, once: Bool) throws {
    try home.checkTarget(path)
    try sink.open(path, once: once, wait: wait)
    isOpening = true
  }
}
