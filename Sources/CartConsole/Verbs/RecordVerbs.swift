import CartApplication
import CartEngine
import CartSupport

/// Verbs about what was typed: its errors, its time, its Lua.
enum RecordVerbs {
  static let timing = Verb(
    "timing", "[on|off]", 0...1, traits: .isOfConsole, "Says after each command how long it took.",
    console: { console, call in
      console.hasTiming = try call.isOn(instead: console.hasTiming)
      console.io.messages("timing is \(console.hasTiming ? "on" : "off")")
    })

  static let all: [Verb] = [
    Verb(
      "error", "", 0...0, traits: .isOfConsole, pages: .always,
      "Shows the last error again, with what was typed.", console: { console, _ in error(console) }
    ),
    Verb(
      "lua", "", 0...0, traits: .isOfConsole, pages: .always, "Shows the Lua of the last verb.",
      console: { console, _ in
        guard let code = console.recorder.last else {
          throw ConsoleError.usage(
            "lua: the last verb has no Lua; a verb that lists or changes carts has")
        }
        console.io.output(code.text + "\n")
      }),
    Verb(
      "record", "", 0...0, traits: .isOfConsole,
      "Keeps what is done from now on as a script; .stop FILE writes it.",
      console: { console, _ in
        guard console.recorder.recording == nil else {
          throw ConsoleError.usage("record: is on already; .stop FILE.lua ends it")
        }
        console.recorder.begin()
        console.io.messages("recording; .stop FILE.lua writes the script")
      }),
    Verb(
      "stop", "FILE.lua", 1...1, traits: .isOfConsole, "Writes what was recorded as a Lua script.",
      console: { try stop($0, $1) }),
  ]

  private static func error(_ console: Console) {
    guard let last = console.lastError else { return console.io.messages("no error yet") }
    console.io.output("typed: " + printable(last.line) + "\n")
    console.io.output("error: " + printable(last.error.message) + "\n")
    console.io.output("exit code: \(last.error.exit.rawValue)\n")
  }

  private static func stop(_ console: Console, _ call: VerbCall) throws {
    guard let recording = console.recorder.recording else {
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
    let file = try OutputFile(call[0], wait: console.application.wait)
    let time = console.shop.zone.text(console.shop.now())
    try file.write(
      recording.script(title: "Recorded by \(console.handler.actor) on \(time)"))
    try file.commit()
    console.recorder.end()
    console.io.messages(
      "\(printable(call[0])): \(CountText.count(recording.count, "step"))")
  }
}
