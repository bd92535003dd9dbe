import ArgumentParser
import CartApplication
import CartConsole
import CartEngine
import CartSupport

/// The manual page, in mdoc (mdoc(7)), from what the commands and verbs declare.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "The manual page, in mdoc.", shouldDisplay: false)

  func run() throws {
    try finish {
      ConsoleIO.standard().output(try Manual.page(Cartio._dumpHelp()))
      return .done
    }
  }
}

enum Manual {
  /// - Parameter help: the parser's description of all commands, as JSON.
  static func page(_ help: String) throws -> String {
    let root = try JSONParser.parse(help)["command"] ?? .null
    let commands = items(root["subcommands"]).filter { $0["shouldDisplay"] != .bool(false) }
    let shared = GlobalOptions.valued.union(GlobalOptions.flags)
    var out = head
    if let console = commands.first(where: { text($0["commandName"]) == "console" }) {
      out += options(console) { shared.contains("--" + $0) }
    }
    out += ".El\n.Sh COMMANDS\n.Bl -tag -width indent\n"
    for command in commands {
      let places = items(command["arguments"]).filter { text($0["kind"]) == "positional" }
      out += ".It Nm " + text(command["commandName"])
      for place in places {
        let name = escaped(text(place["valueName"]))
        out += place["isOptional"] == .bool(true) ? " Op Ar \(name)" : " Ar \(name)"
      }
      out += "\n" + escaped(text(command["abstract"])) + "\n"
      let more = text(command["discussion"])
      if !more.isEmpty { out += escaped(more) + "\n" }
      let own = options(command) { !shared.contains("--" + $0) && $0 != "help" && $0 != "version" }
      if !own.isEmpty { out += ".Bl -tag -width indent\n\(own).El\n" }
    }
    out +=
      ".El\n.Sh VERBS\nIn the console a line that begins with a dot and a letter is a verb; "
      + "anything else is Lua.\n.Bl -tag -width indent\n"
    for verb in Commands.verbs {
      out += ".It Ic \(escaped(verb.usage))\n\(escaped(verb.help))\n"
    }
    return out + foot
  }

  private static let head = """
    .Dd November 1, 2026
    .Dt CARTIO 1
    .Os
    .Sh NAME
    .Nm cartio
    .Nd a console for a store's live shopping carts
    .Sh SYNOPSIS
    .Nm
    .Op Ar options
    .Op Ar command Op Ar arguments
    .Sh DESCRIPTION
    Shows a store's carts, changes them, shows what happened, and undoes it.
    Without a command it is the console; without a terminal it runs the lines of standard input.
    .Sh OPTIONS
    These stand before or after any command.
    .Bl -tag -width indent

    """

  private static let foot = """
    .El
    .Sh ENVIRONMENT
    .Bl -tag -width indent
    .It Ev CARTIO_HOME , CARTIO_DB , CARTIO_RULES , CARTIO_STAFF
    The home, the database, the folder of rules, and who you are, where no option says it.
    .It Ev EDITOR , PAGER , NO_COLOR
    The editor of
    .Ic .edit ,
    the pager of what is longer than the screen, and plain text.
    .El
    .Sh FILES
    .Bl -tag -width indent
    .It Pa ~/.local/share/cartio
    The home: database, store.lua, rules, plans.
    .Nm
    .Cm doctor
    prints where everything is.
    .It Pa ~/.config/cartio/rc
    Lines that the console runs first.
    .El
    .Sh EXIT STATUS
    \(ConsoleError.Exit.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ")).
    Output that cannot be written is a failure too. When its reader leaves, as head(1) does, the
    command ends with 1 and says nothing, unless it had changed something.

    """

  private static func options(_ command: JSONValue, _ isMeant: (String) -> Bool) -> String {
    var out = ""
    for option in items(command["arguments"]) where text(option["kind"]) != "positional" {
      let names = items(option["names"]).map { name in
        (text(name["kind"]) == "long" ? "-" : "") + text(name["name"])
      }
      guard option["shouldDisplay"] != .bool(false),
        isMeant(text(option["preferredName"]?["name"] ?? .null))
      else { continue }
      out += ".It " + names.map { "Fl \(escaped($0))" }.joined(separator: " , ")
      if text(option["kind"]) == "option" { out += " Ar " + escaped(text(option["valueName"])) }
      out += "\n" + escaped(text(option["abstract"])) + "\n"
    }
    return out
  }

  private static func items(_ value: JSONValue?) -> [JSONValue] {
    guard case .array(let items)? = value else { return [] }
    return items
  }

  private static func text(_ value: JSONValue?) -> String { value?.scalar ?? "" }

  /// What would be a request or an escape is text; words that mdoc would take for macros stand apart.
  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("\"", with: "\\(dq").split(separator: "\n")
      .map { line in
        let line = line.split(separator: " ").map { $0.count < 3 ? "\\&" + $0 : String($0) }
          .joined(separator: " ")
        return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
      }.joined(separator: "\n")
  }
}
