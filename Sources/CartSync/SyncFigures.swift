import CartModel
import Synchronization

/// Counts what a connection to a store did; any thread may read them.
public final class SyncFigures: Sendable {
  public enum Figure: String, CaseIterable, Sendable {
    case received, applied, unchanged, late, looks, failed
    /// Orders, products and customers that were read.
    case records
  }

  public struct Values: Sendable {
    public var counts: [Figure: Int64] = [:]
    /// What was not looked at, by why.
    public var ignored: [String: Int64] = [:]
    /// Why nothing is asked of the store now; nil while it is.
    public var stopped: String?

    public subscript(_ figure: Figure) -> Int64 { counts[figure] ?? 0 }
  }

  private let state = Mutex(Values())

  public init() {}

  public var values: Values { state.withLock { $0 } }

  public func count(_ figure: Figure, _ more: Int64 = 1) {
    state.withLock { $0.counts[figure, default: 0] &+= more }
  }

  /// - Parameter reason: one of few words, as it names a metric.
  public func ignore(_ reason: String) {
    state.withLock { values in
      // A sender that makes up reasons must not fill the memory.
      let known = values.ignored[reason] != nil || values.ignored.count < 64
      values.ignored[known ? reason : "other", default: 0] &+= 1
    }
  }

  func stopped(_ reason: String?) { state.withLock { $0.stopped = reason } }
}
