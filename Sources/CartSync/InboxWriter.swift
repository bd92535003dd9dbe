import CartModel
import CartStorage
import Synchronization

/// Writes hints to an inbox on a thread of its own: all that wait are one commit.
public final class InboxWriter: Sendable {
  private struct Letter: Sendable {
    let hints: [LookHint]
    let report: KeptReport?
    let done: @Sendable (StoreError?) -> Void
  }

  private let letters = Mailbox<Letter>()
  private let state = State()
  /// Hints that may wait; a store sends again what was not accepted.
  private static let most = 20_000

  private final class State: Sendable {
    let isStopped = Mutex(false)
    let thread = Mutex<WorkerThread?>(nil)
  }

  /// - Parameters:
  ///   - inbox: is only used by the writer's thread.
  ///   - written: called behind each commit, on that thread.
  public init(
    _ inbox: any Inbox, now: @escaping @Sendable () -> Timestamp,
    written: @escaping @Sendable () -> Void
  ) {
    let holder = Guarded(inbox)
    let thread = WorkerThread { [letters, state] in
      while true {
        let batch = letters.receive(wait: nil)
        if batch.isEmpty, state.isStopped.withLock({ $0 }) { return holder.use { $0.close() } }
        guard !batch.isEmpty else { continue }
        var change = InboxChange()
        for letter in batch {
          change.hints += letter.hints
          if let report = letter.report { change.reports.append(report) }
        }
        let failure = holder.use { inbox -> StoreError? in
          do throws(StoreError) { try inbox.write(change, at: now()) } catch { return error }
          return nil
        }
        for letter in batch { letter.done(failure) }
        if failure == nil { written() }
      }
    }
    state.thread.withLock { $0 = thread }
  }

  /// Writes hints, and a report.
  ///
  /// - Parameter done: called on the writer's thread when they are on the disk, or with why not.
  /// - Returns: false where too many wait, or it is stopped; `done` is then not called.
  public func write(
    _ hints: [LookHint], report: KeptReport? = nil,
    done: @escaping @Sendable (StoreError?) -> Void
  ) -> Bool {
    guard !state.isStopped.withLock({ $0 }), letters.count < Self.most else { return false }
    letters.send(Letter(hints: hints, report: report, done: done))
    return true
  }

  /// Writes what waits, and ends.
  public func stop() {
    state.isStopped.withLock { $0 = true }
    letters.nudge()
    let thread = state.thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    thread?.join()
  }
}
