import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartSupport

/// Imports files into the shop, as the command import does.
enum ImportVerb {
  private static let valued = ["using", "as-type", "encoding", "rejects"]
  private static let flags = ["strict", "lenient", "live"]

  static let all: [Verb] = [
    Verb(
      "import",
      "FILE… [\((valued.map { $0 + "=" } + flags.map { "--" + $0 }).joined(separator: " "))]",
      1...100, options: Set(valued + flags), flags: Set(flags),
      "Imports files of events, carts, lines, products, customers or entries of a list, as the "
        + "command import does."
    ) { console, call in
      guard console.handler.mode == .live else {
        throw EngineError(.refused, "import: cannot be tried in the sandbox; type .live first")
      }
      for path in call.words { try console.importFile(path, call.options) }
    }
  ]
}

extension Console {
  fileprivate func importFile(_ path: String, _ options: [String: String]) throws {
    guard path != "-" else {
      throw ConsoleError.usage("import: - is the input of the console itself; name a file")
    }
    let type = options["as-type"] ?? "events"
    try ImportCommand.check(type: type, encoding: options["encoding"], using: options["using"])
    func isSet(_ name: String) -> Bool { options[name].map { $0 != "no" } ?? false }
    let outcome: ConsoleError.Exit
    if let list = ListEntry.List.allCases.first(where: { $0.name == type }) {
      var command = ListImportCommand(path: path, list: list)
      command.encoding = options["encoding"].flatMap { TextEncoding($0) }
      command.rejectsPath = options["rejects"]
      command.isStrict = isSet("strict")
      outcome = try command.run(self)
    } else {
      var command = ImportCommand(path: path)
      command.script = options["using"]
      command.encoding = options["encoding"].flatMap { TextEncoding($0) }
      command.table = TableKind(rawValue: type)
      command.rejectsPath = options["rejects"]
      (command.isStrict, command.isLenient) = (isSet("strict"), isSet("lenient"))
      command.isLive = isSet("live")
      outcome = try command.run(home, io)
    }
    // The import may have made it, over a connection of its own.
    _ = try shop.store.openIfMade()
    book.refresh()
    if outcome != .done { exit = outcome }
  }
}

extension ImportCommand {
  /// What `--as-type` takes.
  public static let types =
    ["events"] + TableKind.allCases.map(\.rawValue) + ListEntry.List.allCases.map(\.name)

  /// - Throws: wrong usage for a type or an encoding that there is not.
  public static func check(type: String, encoding: String?, using script: String?)
    throws(ConsoleError)
  {
    guard types.contains(type) else {
      throw .usage(
        "--as-type: expected \(types.joined(separator: ", ")), got \(quoted(type))"
          + didYouMean(type, among: types))
    }
    if let encoding, TextEncoding(encoding) == nil {
      throw .usage(
        "--encoding: expected a name as cp1252, latin1 or utf-16le, got \(quoted(encoding))")
    }
    guard type == "events" || script == nil else {
      throw .usage("--using: an importer makes events; not with --as-type \(type)")
    }
  }
}
