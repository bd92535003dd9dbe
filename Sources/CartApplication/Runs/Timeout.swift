import LuaKit

/// `--timeout` for a command that runs Lua in many VMs: rules, reports, importers.
public struct Timeout {
  /// Nanoseconds; 0 for none.
  public let time: UInt64

  public init(_ home: Home) { time = home.limits.budget.wall }

  /// - Throws: what the body throws; where the time was over, as a failure and not as an interruption.
  public func run<T>(_ body: () throws -> T) throws -> T {
    // Within another command, as a report that a schedule runs, the time is that one's.
    guard time > 0, !RunDeadline.isSet else { return try body() }
    RunDeadline.begin(after: time)
    defer { RunDeadline.end() }
    do { return try body() } catch {
      let shown = ApplicationError(error)
      guard RunDeadline.isPast, shown.code == .interrupted else { throw error }
      let words = "time limit reached"
      throw shown.message == "interrupted"
        ? ApplicationError(.failed, words)
        : ApplicationError(.partly, shown.message.replacing("interrupted", with: words))
    }
  }
}
