import ArgumentParser
import CartConsole

/// Commands that are not supported yet; each says so.
protocol LaterCommand: ParsableCommand {
  static var name: String { get }
}

extension LaterCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: "Not supported yet: \(Later.words(of: name)).",
      shouldDisplay: false)
  }

  func run() throws { try finish { throw Later.refusal(of: Self.name) } }
}

struct Outbox: LaterCommand {
  static let name = "outbox"
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}

struct Person: LaterCommand {
  static let name = "person"
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}

struct ReportBug: LaterCommand {
  static let name = "report-bug"
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}

struct Move: LaterCommand {
  static let name = "move"
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}
