import CartApplication
import CartEngine
import CartModel
import CartSupport
import Glibc

/// `.edit`: the last chunk, or a rule's file, in the person's editor.
enum EditVerbs {
  static let all: [Verb] = [
    Verb(
      "edit", "[RULE]", 0...1, traits: .isOfConsole,
      "Opens $EDITOR on the last chunk, which then runs, or on the file of a rule.",
      console: { try run($0, $1) })
  ]

  private static func run(_ console: Console, _ call: VerbCall) throws {
    let screen = console.screen
    guard let lend = screen.lendTerminal else {
      throw ConsoleError.usage("edit: there is no terminal for an editor here")
    }
    if let name = call.words.first {
      console.application.beginReading(call.line)
      let book = console.application.book
      book.refresh()
      let file = try book.rule(name).newest.file
      try edit(console.home.rulesFolder + "/" + file, lend)
      return try RuleFolder(console.application).refresh(call.line)
    }
    let folder = console.home.historyPath
    let path =
      (folder.isEmpty ? console.home.folder : Files.folder(folder)) + "/edit-\(getpid()).lua"
    try Files.makeFolder(Files.folder(path))
    let file = try OutputFile(path, permissions: 0o600)
    defer { unlink(path) }
    try file.write(console.lastChunk + (console.lastChunk.isEmpty ? "" : "\n"))
    try file.commit()
    try edit(path, lend)
    var text = try Files.text(path)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    guard !text.isEmpty else { return console.io.messages("edit: nothing to run") }
    console.io.messages(printableLines(text))
    console.lastChunk = text
    try console.run(chunk: text, name: "=edit")
  }

  /// - Throws: where the editor cannot be started, or says that it failed.
  private static func edit(_ path: String, _ lend: (() throws -> Int32) throws -> Int32) throws {
    let editor = Home.environment("VISUAL") ?? Home.environment("EDITOR") ?? "vi"
    let status = try lend {
      // By the shell, as an editor may be given with options; it holds Ctrl-C back meanwhile.
      system(editor + " '" + path.replacing("'", with: "'\\''") + "'")
    }
    guard status == 0 else {
      throw ConsoleError(.failed, "edit: \(quoted(editor)) failed; nothing was run")
    }
  }
}
