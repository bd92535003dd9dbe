import CartModel
import CartStorage

/// What a run did, in truthful numbers.
public struct Outcome: Equatable, Sendable {
  /// The operation's number; nil where nothing was saved.
  public var operation: Int64?
  /// The verb that reverts it: `.undo 7`, or `.redo 5` for the undo of 5; empty where nothing was
  /// saved.
  public var reversal: String
  public var carts: Int
  public var events: Int
  /// What of it was saved.
  public var changes = RunChanges()
  /// Whether an order or mail was made, which cannot be undone.
  public var isFinal = false
  /// Carts that were left as they are: another writer had changed them so that the command no longer
  /// fits, or a bulk run failed on them.
  public var failures: [EngineError]
  /// The bulk jobs that this run was, or resumed.
  public var jobs: [Job]
  /// What rules and lists did beside it.
  public var rules: [RuleOperation]

  public struct RuleOperation: Equatable, Sendable {
    public var operation: Int64
    public var actor: Actor
    public var carts: Int
  }

  /// The job to name first: one that is not finished, or failed on a cart, or came last.
  public var job: Job? {
    jobs.first { !$0.isFinished } ?? jobs.first { $0.failed > 0 } ?? jobs.last
  }
}
