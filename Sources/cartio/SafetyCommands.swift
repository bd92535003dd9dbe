import ArgumentParser
import CartApplication
import CartConsole
import CartEngine
import CartModel
import LuaKit

struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Do a plan; carts that changed since are left alone and named.",
    discussion: "Doing it again does what is left, and no cart twice.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The plan, as run --plan -o or .plan save made it.")
  var file: String
  @Option(parsing: .upToNextOption, help: "Only these carts.")
  var only: [String] = []
  @Option(parsing: .upToNextOption, help: "All but these carts.")
  var except: [String] = []

  func run() throws {
    try finish {
      try Commands.apply(
        file, only: only, except: except, try global.selectedHome(mayCreate: true))
    }
  }
}

struct Jobs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List bulk runs; go on with one, or do again what failed.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "resume N or retry N.")
  var words: [String] = []

  func run() throws { try finish { try Commands.jobs(words, try global.selectedHome()) } }
}

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database while others may write.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The file to make.")
  var file: String

  func run() throws {
    try finish {
      try Commands.backup(to: file, try global.selectedHome(), .standard())
      return .done
    }
  }
}

struct RestoreBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a backup in the place of the database.",
    discussion: """
      It asks; --yes says yes. What was there is kept in backups/ of the home. Open consoles notice and \
      read everything again. Example: cartio restore backups/monday.db
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The backup; it stays as it is.", completion: .file(extensions: ["db"]))
  var file: String

  func run() throws {
    try finish {
      try global.refuseSandbox("restore")
      try Commands.restore(
        file, try global.selectedHome(), .interactive(InterruptFlag()))
      return .done
    }
  }
}

struct Undo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Undo an operation.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The operation's number, as .ops shows it.")
  var operation: Int64
  @Option(help: "Only on this cart.")
  var cart: String?
  @Option(help: "How many carts it may change; it is refused for any other number.")
  var confirm: Int64?

  func run() throws { try finish { try revert("undo", operation, cart, confirm, global) } }
}

struct Redo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redo", abstract: "Do an undone operation again.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The operation's number, as .ops shows it.")
  var operation: Int64
  @Option(help: "Only on this cart.")
  var cart: String?
  @Option(help: "How many carts it may change; it is refused for any other number.")
  var confirm: Int64?

  func run() throws { try finish { try revert("redo", operation, cart, confirm, global) } }
}

private func revert(
  _ verb: String, _ operation: Int64, _ cart: String?, _ confirm: Int64?, _ global: GlobalOptions
) throws -> ConsoleError.Exit {
  let quote = cart?.contains("\"") == true ? "'" : "\""
  return try Commands.verb(
    ".\(verb) \(operation)" + (cart.map { " cart=\(quote)\($0)\(quote)" } ?? "")
      + (confirm.map { " confirm=\($0)" } ?? ""),
    try global.selectedHome())
}
