import CartEngine
import CartModel
import CartScripting
import CartStorage

/// A replayed time range, in which another rule or policy is enforced from the beginning.
public final class WhatIf {
  /// What is enforced instead of what was.
  public enum Change: Sendable {
    case version(RuleVersion)
    /// All rules and policies of a file.
    case file(String)
    /// A rule or policy is off.
    case nothing(String)
  }

  /// The rules and policies in question.
  public let names: [String]
  public let since: Timestamp
  let replay: Replay
  /// Rules and policies that failed on carts, on how many, and the last message.
  public internal(set) var errors: [(rule: String, carts: Int64, message: String)] = []
  /// How often policies ran.
  public internal(set) var runs = 0
  /// Where a rule in question read the clock, and so was asked in passes between events as well.
  public internal(set) var clock: ClockPasses?
  /// How far apart, where a policy does not say it.
  public internal(set) var usualRuns = false

  init(_ names: [String], _ change: Change, since: Timestamp, of source: CommandHandler) throws {
    self.names = names
    self.since = since
    var standing: Set<String> = []
    if case .version(let version) = change { standing = ["\(version.rule):\(version.number)"] }
    replay = try Replay(of: source, since: since, replacing: Set(names), standing: standing)
  }

  /// Looks at the shop as it would be.
  public var handler: CommandHandler { replay.handler }
  /// The keys of its carts, and those that they have in the real shop.
  public var keys: [Int64: Int64] { replay.keys }
  /// What could not happen any more.
  public var lost: Replay.Lost { replay.lost }

  /// What became of carts that no figure of the span tells.
  public struct Fates: Equatable, Sendable {
    /// Held in the real shop by a rule in question, and not held here.
    public var released = 0
    /// Of another status here, and made before the span.
    public var older = 0
  }

  public func fates(_ source: CommandHandler) throws -> Fates {
    var fates = Fates()
    for id in replay.diverged {
      guard let key = try source.reader.key(named: id), let was = try source.reader.cart(key),
        let then = try handler.reader.key(named: id).flatMap({ try handler.reader.cart($0) })
      else { continue }
      if was.state == .held, then.state != .held { fates.released += 1 }
      if was.created < since, was.state != then.state { fates.older += 1 }
    }
    return fates
  }

  /// How often a policy runs that does not say it; milliseconds.
  public static let usualInterval: Int64 = 15 * 60_000
  /// How often all policies may run in a replay: each time costs a pass over the open carts.
  static let mostRuns = 100_000
}
