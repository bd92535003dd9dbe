import CartApplication
import CartSupport

/// Verbs about the console itself.
enum ScreenVerbs {
  static let all: [Verb] = [
    Verb(
      "mode", "[table|vertical|json|csv|md|html]", 0...1, traits: .isOfConsole,
      "How tables are shown.",
      console: { console, call in
        let screen = console.screen
        guard let word = call.words.first else {
          return console.io.output(screen.mode.rawValue + "\n")
        }
        screen.mode = try OutputMode(word, for: "mode")
      }),
    Verb(
      "read", "FILE", 1...1, traits: .isOfConsole,
      "Runs a file: .lua as one script, others line by line.", console: { try read($0, $1) }),
    Verb(
      "quit", "", 0...0, traits: .isOfConsole, "Leaves.",
      console: { console, _ in console.wantsToQuit = true }),
  ]

  private static func read(_ console: Console, _ call: VerbCall) throws {
    if call[0].hasSuffix(".lua") {
      try console.run(file: call[0], arguments: [])
      return
    }
    guard console.reading < 16 else {
      throw ConsoleError(.failed, "\(quoted(call[0])): files read each other 16 deep; stopped")
    }
    console.reading += 1
    defer { console.reading -= 1 }
    let text = try Files.text(call[0])
    for (index, line) in text.lines.enumerated() {
      guard console.take(String(line)) else {
        throw ConsoleError(.failed, "\(call[0]), line \(index + 1): stopped here")
      }
      if console.wantsToQuit { return }
    }
    guard console.finish() else {
      throw ConsoleError(.failed, "\(call[0]): ends in the middle of a chunk")
    }
  }
}
