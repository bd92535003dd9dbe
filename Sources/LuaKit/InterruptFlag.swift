import CLuaKit

/// Ctrl-C as a flag that running scripts and waiting reads look at.
public struct InterruptFlag {
  let address: UnsafeMutablePointer<sig_atomic_t>

  /// From now on SIGINT sets the flag instead of ending the process; a second one within two seconds
  /// ends it, unless the flag was cleared or the program is idle. SIGTERM and SIGHUP set it for good.
  public init() { address = lk_watch_interrupts() }

  public func clear() {
    address.pointee = 0
    if Self.isEnding { address.pointee = 1 }
  }

  /// Whether SIGTERM or SIGHUP came: what is under way ends, and nothing new begins.
  public static var isEnding: Bool { lk_end_signal() != 0 }
  /// Ends what runs, as Ctrl-C does.
  public func set() { address.pointee = 1 }
  public var isSet: Bool { address.pointee != 0 }

  /// Waits for a person: no interrupt ends the program meanwhile.
  public func idle<T>(_ body: () throws -> T) rethrows -> T {
    lk_set_idle(1)
    defer { lk_set_idle(0) }
    return try body()
  }
}

/// The end of a program in the middle of a script, where nothing else stops it.
public enum ProgramEnd {
  /// From now on a script that stays in Lua after its time limit ends the program: a step of Lua's own
  /// may take hours.
  public static func followsTimeLimits() { lk_end_stuck_programs() }

  /// What is done first at such an end: only what a signal handler may do.
  public static func first(_ body: @convention(c) () -> Void) { lk_before_end(body) }

  /// What such an end says of the run under way.
  ///
  /// - Parameter saved: whether something of it is saved: then the program exits with 3; else with 1 at
  ///   a time limit, and with 130 at a signal.
  public static func say(_ words: String, saved: Bool) {
    var words = words
    words.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lk_set_last_words($0.baseAddress ?? emptyText, $0.count, saved ? 1 : 0)
      }
    }
  }
}
