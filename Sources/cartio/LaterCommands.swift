import ArgumentParser
import CartConsole

/// Commands that are not supported yet; each says so.
protocol LaterCommand: ParsableCommand {
  /// What is missing, and why.
  static var words: String { get }
}

extension LaterCommand {
  static func named(_ name: String) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: "Not supported yet: \(words).", shouldDisplay: false)
  }

  func later() throws {
    let name = Self.configuration.commandName ?? ""
    try finish { throw ConsoleError.usage("\(name): not supported yet; \(Self.words)") }
  }
}

struct Connect: LaterCommand {
  static let words = "a BigCommerce store cannot be connected"
  static let configuration = named("connect")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Sync: LaterCommand {
  static let words = "no store can be connected that carts could come from"
  static let configuration = named("sync")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Serve: LaterCommand {
  static let words = "the service for webhooks and sent carts is missing"
  static let configuration = named("serve")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Outbox: LaterCommand {
  static let words = "effects wait only for a connected store, and none can be connected"
  static let configuration = named("outbox")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Person: LaterCommand {
  static let words = "personal data cannot be exported or erased by person"
  static let configuration = named("person")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}
