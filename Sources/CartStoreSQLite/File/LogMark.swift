import CartStorage
import CartSupport

/// A text that a main file and the log that goes on from it both hold, made anew for each log.
///
/// After a crash it tells the log's own file, whatever became of its permissions and times, from a
/// copy that was made before the log began.
enum LogMark {
  /// The entry of `meta` that holds it.
  static let key = "log"
  private static let prefix = "cartio-log-"

  static func make(_ random: () -> UInt64) -> String {
    prefix + hexadecimal(EventKey(high: random(), low: random()).bytes)
  }

  /// Whether a main file, read without its log, and the log have the same mark.
  ///
  /// - Complexity: O(pages of the log).
  static func isShared(_ main: MainFile, _ log: LogFile) -> Bool {
    guard let mark = main.mark, mark.hasPrefix(prefix) else { return false }
    return log.holds(Array(mark.utf8))
  }
}
