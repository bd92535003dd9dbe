import CartApplication
import CartEngine

/// Imports files into the shop, as the command import does.
struct ImportVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  private static let valued = ["using", "as-type", "encoding", "rejects"]
  private static let flags = ["strict", "lenient", "live"]

  static let all: [Verb] = [
    Verb(
      "import",
      "FILE… [\((valued.map { $0 + "=" } + flags.map { "--" + $0 }).joined(separator: " "))]",
      1...100, options: Set(valued + flags), flags: Set(flags),
      "Imports files of events, carts, lines, products, customers or entries of a list, as the "
        + "command import does.", ImportVerbs.importFiles)
  ]

  private func importFiles(_ call: VerbCall) throws {
    guard handler.mode == .live else {
      throw EngineError(.refused, "import: cannot be tried in the sandbox; type .live first")
    }
    for path in call.words { try importFile(path, call.options) }
  }

  private func importFile(_ path: String, _ options: [String: String]) throws {
    guard path != "-" else {
      throw ConsoleError.usage("import: - is the input of the console itself; name a file")
    }
    var question = try ImportQuestion(
      path, type: options["as-type"] ?? "events", script: options["using"],
      encoding: options["encoding"])
    func isSet(_ name: String) -> Bool { options[name].map { $0 != "no" } ?? false }
    question.rejectsPath = options["rejects"]
    (question.isStrict, question.isLenient) = (isSet("strict"), isSet("lenient"))
    question.isLive = isSet("live")
    let outcome =
      if case .list(let list) = question.kind {
        try ImportCommand.run(question, list, workspace)
      } else {
        try ImportCommand.run(question, home, io)
      }
    // The import may have made it, over a connection of its own.
    _ = try shop.store.openIfMade()
    book.refresh()
    if outcome != .done { workspace.exit = outcome }
  }
}
