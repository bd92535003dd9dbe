import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Undoes or redoes an operation as a run of its own; what fails of it leaves nothing behind.
public struct UndoRun {
  /// What a person is told on the way.
  public struct Observer {
    /// Told the person's later operations that cannot be undone, with the reasons.
    public var passed: ([(operation: Operation, reason: String)]) -> Void = { _ in }
    /// Told which operation is meant instead of them.
    public var instead: (Int64) -> Void = { _ in }
    /// Told what would change, before it is asked about.
    public var foreseen: (UndoReport) -> Void = { _ in }

    public init() {}
  }

  public enum Result {
    /// The last step of the sandbox was undone: so many carts are as before.
    case step(carts: Int)
    /// An operation was, with what stays of it.
    case operation(Int64, UndoReport, Outcome)
  }

  private let application: Application
  private var handler: CommandHandler { application.handler }
  private let isRedo: Bool
  public var observer = Observer()
  /// The command's name.
  private var verb: String { isRedo ? "redo" : "undo" }

  public init(_ application: Application, redo isRedo: Bool) {
    (self.application, self.isRedo) = (application, isRedo)
  }

  /// Reverts an operation.
  ///
  /// - Parameters:
  ///   - number: nil for the person's last one, or the last step of the sandbox.
  ///   - cart: gives the key of the only cart to revert it on; nil for all.
  ///   - confirmed: `confirm=N`; nil where it was not given.
  ///   - command: what was asked for, for the list of operations.
  /// - Throws: `partly` where some carts were done before it failed.
  public func revert(
    _ number: Int64?, cart: (Run) throws -> Int64? = { _ in nil }, confirmed: String?,
    as command: String
  ) throws -> Result {
    try handler.confirmer.scope {
      var run = application.begin(command)
      do { return try reverted(&run, number, cart, confirmed, command) } catch {
        let outcome = run.abandon()
        guard outcome.operation != nil, ApplicationError(error).code != .partly else { throw error }
        throw ApplicationError(
          .partly,
          "\(ApplicationError(error).message); some carts were done: the same again does the rest")
      }
    }
  }

  private func reverted(
    _ run: inout Run, _ number: Int64?, _ cart: (Run) throws -> Int64?, _ confirmed: String?,
    _ command: String
  ) throws -> Result {
    if number == nil, !isRedo, handler.mode == .sandbox {
      guard try cart(run) == nil else {
        throw ApplicationError.usage(
          "undo: the last step of the sandbox is undone as a whole; leave out cart=")
      }
      let count = run.plans.undoLatest()
      if count > 0 { return .step(carts: count) }
    }
    let (operation, isOlder) = try number.map { ($0, false) } ?? latest(run)
    let only = try cart(run)
    let preview = try run.undo.preview(operation, redo: isRedo, cart: only)
    observer.foreseen(preview)
    try preview.checkChanges()
    if handler.mode == .live {
      let seen = application.shop.store.seen
      try handler.confirmer.confirm(
        undoOf: preview, redo: isRedo, isUnforeseen: isOlder, given: confirmed)
      // What was said yes to is saved as it goes.
      run = application.begin(command)
      // What a list showed at this place must still be this cart.
      guard try cart(run) == only else {
        throw EngineError(
          .conflict,
          "\(verb) of operation \(operation): another cart has this name since the question; nothing "
            + "was changed; do it again")
      }
      if application.shop.store.seen != seen { try check(preview, run, operation, only) }
    }
    let report = try run.undo.revert(operation, redo: isRedo, cart: only)
    let outcome = try run.finish()
    if handler.mode == .sandbox { PlanLibrary(application).logSandbox(run) }
    return .operation(operation, report, outcome)
  }

  /// The person's last operation that can be reverted, and whether a later one cannot.
  ///
  /// - Throws: `unconfirmed` where nobody can be asked about the older one.
  private func latest(_ run: Run) throws -> (operation: Int64, isOlder: Bool) {
    let target = try isRedo ? run.undo.lastRedoable() : run.undo.lastUndoable()
    guard !target.passed.isEmpty else { return (target.operation, false) }
    observer.passed(target.passed)
    try handler.confirmer.requireAnswers(beforeUndoOf: target.operation)
    observer.instead(target.operation)
    return (target.operation, true)
  }

  /// The carts may have changed while the question stood.
  ///
  /// - Throws: `conflict` where another answer would have been given.
  private func check(_ preview: UndoReport, _ run: Run, _ operation: Int64, _ only: Int64?) throws {
    let now = try run.undo.preview(operation, redo: isRedo, cart: only)
    guard now.carts.map(\.key) == preview.carts.map(\.key), now.entries == preview.entries else {
      throw EngineError(
        .conflict,
        "\(verb) of operation \(operation): the carts changed since the question; it would change "
          + "\(CountText.carts(now.carts.count)) now; nothing was changed; do it again")
    }
  }
}
