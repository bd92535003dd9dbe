import ArgumentParser
import CartSupport
import Glibc

@main
struct CartioServe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cartio-serve", abstract: "Connects a shop to its store; started by cartio.",
    version: "0.1.0",
    subcommands: [
      ServeCommand.self, SyncCommand.self, ConnectCommand.self, PracticeCommand.self,
      DoctorCommand.self,
    ])

  static func main() {
    // Databases and logs hold personal data: other users of the machine read none of it.
    umask(umask(0) | 0o007)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if !text.isEmpty {
        if code.isSuccess { Terminal.print(text) } else { Terminal.say(text) }
      }
      Glibc.exit(code.rawValue)
    }
  }
}
