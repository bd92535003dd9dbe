import CartEngine
import CartModel
import CartSupport

/// Verbs about the console itself.
enum ScreenVerbs {
  static let all: [Verb] = [
    Verb(
      "mode", "[table|vertical|json|csv|md|html]", 0...1, isOfConsole: true, "How tables are shown."
    ) {
      console, call in
      guard let word = call.words.first else {
        console.io.output(console.mode.rawValue + "\n")
        return
      }
      console.mode = try OutputMode(word, for: "mode")
    },
    Verb(
      "read", "FILE", 1...1, isOfConsole: true,
      "Runs a file: .lua as one script, others line by line."
    ) {
      console, call in
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
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        guard console.take(String(line)) else {
          throw ConsoleError(.failed, "\(call[0]), line \(index + 1): stopped here")
        }
        if console.wantsToQuit { return }
      }
      guard console.finish() else {
        throw ConsoleError(.failed, "\(call[0]): ends in the middle of a chunk")
      }
    },
    Verb("quit", "", 0...0, isOfConsole: true, "Leaves.") { console, _ in console.wantsToQuit = true
    },
  ]
}
