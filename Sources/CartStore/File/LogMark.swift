import CartSupport
import GRDB
import GRDBSQLite

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

extension CartStore {
  /// Puts a new mark into the main file where the next write begins a log.
  ///
  /// - Returns: the mark that this write must hold too; nil where a log is under way.
  func markLog() throws -> String? {
    guard watch != nil, let open, let seen = Checkpoints(open.connection), seen.isComplete else {
      return nil
    }
    // Not from `random`: what is made of a seed must not depend on how often a log begins.
    let mark = LogMark.make { UInt64.random(in: .min ... .max) }
    try lendForWriting { db in
      try db.inTransaction(.immediate) {
        try db.execute(
          sql: "INSERT OR REPLACE INTO meta VALUES(?, ?)", arguments: [LogMark.key, mark])
        return .commit
      }
      // Where a reader holds it up, the log goes on and the mark says nothing.
      _ = try? db.checkpoint(.passive)
    }
    return mark
  }
}
