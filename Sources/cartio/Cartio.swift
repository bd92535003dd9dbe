import ArgumentParser
import CartApplication
import CartConsole
import CartEngine
import CartModel
import CartStoreSQLite
import CartSupport
import Glibc
import LuaKit

@main
enum Main {
  static func main() {
    StandardOutput.prepare()
    checkStack()
    ProgramEnd.followsTimeLimits()
    do {
      let words = GlobalOptions.reordered(Array(CommandLine.arguments.dropFirst()))
      if words.first == "help", let topic = words.last, let text = FieldHelp.text(topic) {
        ConsoleIO.standard().output(text)
        exit(ConsoleIO.conclude(.done).rawValue)
      }
      var command = try Cartio.parseAsRoot(words)
      try command.run()
    } catch {
      // The parser's own messages quote what was typed, terminal escapes and all.
      let text = Cartio.fullMessage(for: error).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map { printable(String($0)) }.joined(separator: "\n")
      let code = Cartio.exitCode(for: error)
      // A command has said by itself what went wrong; help and wrong usage have text.
      guard !text.isEmpty else { Cartio.exit(withError: code) }
      let io = ConsoleIO.standard()
      if code.isSuccess { io.output(text + "\n") } else { io.messages(text) }
      let exit = ConsoleIO.conclude(.init(rawValue: code.rawValue) ?? .failed)
      Cartio.exit(withError: ExitCode(exit.rawValue))
    }
  }

  /// A command may need this much, in bytes, and a stack that cannot grow ends it without a word.
  private static let leastStack: UInt = 256 << 10

  private static func checkStack() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
      limit.rlim_cur < leastStack
    else { return }
    ConsoleIO.standard().messages(
      "error: the stack may grow to \(limit.rlim_cur >> 10) KB only, and cartio needs "
        + "\(leastStack >> 10) KB. Allow more with 'ulimit -s 8192'")
    exit(1)
  }
}

struct Cartio: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cartio", abstract: "A console for a store's live shopping carts.",
    discussion: "Without a command: the console.", version: "0.1.0",
    subcommands: [
      ConsoleCommand.self, Run.self, Apply.self, Undo.self, Redo.self, Jobs.self, Import.self,
      ExportCommand.self,
      Report.self, PracticeCommand.self, Rules.self, APICommand.self, Backup.self,
      RestoreBackup.self, Check.self,
      Doctor.self, ScheduleCommands.self, ManualCommand.self, Connect.self, Sync.self, Serve.self,
      Outbox.self, Person.self, ReportBug.self, Move.self,
    ], defaultSubcommand: ConsoleCommand.self)
}

/// Options of every command; they may stand before or after it.
struct GlobalOptions: ParsableArguments {
  @Option(help: "Where things live (else $CARTIO_HOME, else the data folder of XDG).")
  var home: String?
  @Option(help: "The database (else $CARTIO_DB, else cartio.db in the home).")
  var db: String?
  @Option(name: .customLong("as"), help: "Who you are (else $CARTIO_STAFF, else the login name).")
  var staff: String?
  @Flag(help: "Change nothing.")
  var readOnly = false
  @Flag(help: "Save nothing: try things.")
  var sandbox = false
  @Option(help: "The folder of rules and reports (else $CARTIO_RULES).")
  var rules: String?
  @Flag(help: "Yes to all that may be asked.")
  var yes = false
  @Option(help: "Ends a script after this time: 5s, 2m, 500ms.")
  var timeout: String?
  @Option(help: "The most memory of a script: 64M.")
  var memory: String?
  @Option(help: "Starts a script's random numbers.")
  var seed: UInt64?
  @Option(help: "A fixed clock, where nothing live is written: ISO 8601.")
  var now: String?
  @Option(help: .hidden)
  var threads: String?

  static let flags: Set<String> = ["--read-only", "--sandbox", "--yes"]
  static let valued: Set<String> = [
    "--home", "--db", "--as", "--rules", "--timeout", "--memory", "--seed", "--now",
    "--threads",
  ]

  /// - Parameter mayCreate: whether the command makes a database where no file exists.
  func selectedHome(mayCreate: Bool = false) throws -> Home {
    if threads != nil { throw Later.refusal(of: "--threads") }
    var home = try Home(
      SQLiteStorageFactory(), home: self.home, database: db, rules: rules, staff: staff)
    for note in home.notes { ConsoleIO.standard().messages("note: " + printable(note)) }
    home.say = { ConsoleIO.standard().messages($0) }
    home.access.missing = mayCreate ? .made : .refused
    home.access.isReadOnly = readOnly
    if sandbox { home.access.mode = .sandbox }
    home.access.saysYes = yes
    home.sources.seed = seed
    if let timeout {
      let span = try usage("--timeout") { try Span(timeout) }
      guard (1...366 * 86_400_000).contains(span.milliseconds) else {
        throw ValidationError(
          "--timeout: expected more than 0 and at most 366d, got \(quoted(timeout))")
      }
      home.limits.budget.wall = UInt64(span.milliseconds) * 1_000_000
    }
    if let memory {
      let bytes = try Self.bytes(memory)
      home.limits.capacity.memory = bytes
      // One value may take half of it, where that is more than it may anyway.
      home.limits.capacity.block = max(home.limits.capacity.block, bytes / 2)
    }
    if let now { home.sources.now = try usage("--now") { try Timestamp(now) } }
    return home
  }

  private func usage<T>(_ option: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch { throw ValidationError("\(option): \(error)") }
  }

  private static func bytes(_ text: String) throws -> Int {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? text[...] : text.dropLast()), number > 0,
      number < 1 << 30
    else { throw ValidationError("--memory: expected a size as 64M, got \(quoted(text))") }
    return number * (unit ?? 1)
  }

  /// Moves options that stand before the command behind it, where its parser looks for them.
  static func reordered(_ arguments: [String]) -> [String] {
    let commands = Set(
      Cartio.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"])
    var (before, index) = ([String](), 0)
    while index < arguments.count {
      let word = arguments[index]
      if commands.contains(word) {
        return [word] + before + arguments[(index + 1)...]
      }
      guard word.hasPrefix("-"), word != "--" else { return arguments }
      before.append(word)
      index += 1
      if valued.contains(word) || word == "-e", index < arguments.count {
        before.append(arguments[index])
        index += 1
      }
    }
    return arguments
  }
}

extension GlobalOptions {
  /// For commands that make the database or write files into it, which a sandbox cannot try.
  func refuseSandbox(_ command: String) throws {
    guard !sandbox else {
      throw ValidationError("\(command): cannot be tried in the sandbox; leave out --sandbox")
    }
  }
}

/// Runs a command's work and turns its outcome, or any error, into an exit code.
func finish(_ body: () throws -> ConsoleError.Exit) throws {
  var exit: ConsoleError.Exit
  do {
    exit = try body()
  } catch let error as ValidationError {
    throw error
  } catch let error as ExitCode {
    throw error
  } catch {
    let shown = ConsoleError(error)
    let lines = shown.message.split(separator: "\n", omittingEmptySubsequences: false)
    let safe = lines.map { printable(String($0)) }.joined(separator: "\n")
    // Output that could not be written is told below.
    if !StandardOutput.hasFailed || shown.message != StandardOutput.error.message {
      ConsoleIO.standard().messages("error: " + safe)
    }
    exit = shown.exit
  }
  exit = ConsoleIO.conclude(exit)
  if exit != .done { throw ExitCode(exit.rawValue) }
}
