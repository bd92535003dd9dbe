import CLuaKit

/// The end of all runs of the program: one command may run many VMs, one within the other.
public enum RunDeadline {
  /// - Parameter time: from now on; nanoseconds, more than 0.
  public static func begin(after time: UInt64) { lk_end_runs_after(time) }

  public static func end() { lk_end_runs_after(0) }

  public static var isSet: Bool { lk_runs_have_an_end() != 0 }

  public static var isPast: Bool { lk_runs_are_over() != 0 }
}
