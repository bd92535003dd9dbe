import ArgumentParser
import CartApplication
import CartSupport

struct PracticeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "practice",
    abstract: "Run a simulated store and the service beside it, until Ctrl-C.")

  @OptionGroup var options: ServiceOptions
  @Flag(help: "As 'cartio practice --live' asks for it.") var live = false
  @Option(help: "How many shoppers act a minute.")
  var pace = 60
  @Option(help: "How much has happened before.")
  var carts = 60
  @Option(help: "The same seed gives the same shoppers.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1...6_000).contains(pace) else { throw ValidationError("--pace: expected 1 to 6000") }
    guard (0...100_000).contains(carts) else {
      throw ValidationError("--carts: expected 0 to 100000")
    }
  }

  func run() throws {
    throw ExitCode(
      finish {
        var home = try options.selectedHome()
        if !home.isDatabaseNamed { home = try options.selectedHome(in: home.folder + "/live") }
        try LivePractice(home, seed: seed, acts: carts, pace: pace).run()
      })
  }
}
