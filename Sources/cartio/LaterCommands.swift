import ArgumentParser
import CartConsole

/// Commands that are to come: asked for, they say so.
protocol LaterCommand: ParsableCommand {
  /// What it comes with.
  static var words: String { get }
}

extension LaterCommand {
  static func named(_ name: String) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: "Not in this version: \(words).", shouldDisplay: false)
  }

  func later() throws {
    let name = Self.configuration.commandName ?? ""
    try finish { throw ConsoleError.usage("\(name): not in this version; \(Self.words)") }
  }
}

struct Connect: LaterCommand {
  static let words = "a BigCommerce store can be connected when the store's door is there"
  static let configuration = named("connect")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Sync: LaterCommand {
  static let words = "there is no store yet that carts could come from"
  static let configuration = named("sync")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Serve: LaterCommand {
  static let words = "the service for webhooks and sent carts comes with the store's door"
  static let configuration = named("serve")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Outbox: LaterCommand {
  static let words = "effects that wait to reach a store come with the store's door"
  static let configuration = named("outbox")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}

struct Person: LaterCommand {
  static let words = "what is known of a person, and its removal, come with privacy"
  static let configuration = named("person")
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []

  func run() throws { try later() }
}
