import CartEngine
import CartModel
import CartRules
import CartSupport

/// A pass of the rules over open carts, then the policies that are due, as one operation.
public struct RulePass {
  /// The result of a pass.
  public struct Result {
    /// How many carts were judged.
    public var judged = 0
    /// Keys of the carts that were held, or with a plan would have been.
    public var held: [Int64] = []
    /// How many carts were flagged, or with a plan would have been.
    public var flagged = 0
    public var policies: [PolicyResult] = []
    /// On how many carts each rule failed, and how first.
    public var failures: [String: (carts: Int, message: String)] = [:]
    /// What of the carts cannot be compared with the blacklist.
    public var unchecked = UncheckedCount()
    /// What would be done; nil where it was done.
    public var plan: Plan?
  }

  private let application: Application
  private var handler: CommandHandler { application.handler }
  private var book: RuleBook { application.book }
  /// Whether the carts are counted for a progress line, which takes a while.
  public var hasProgress = false

  public init(_ application: Application) { self.application = application }

  /// Judges all open carts and records the decisions.
  ///
  /// - Parameters:
  ///   - name: one rule or policy, due or not; nil for all.
  ///   - isTrial: whether it is only planned.
  ///   - command: what was asked for, for the list of operations.
  /// - Throws: `notFound` for an unknown name; what a run throws.
  public func run(_ name: String? = nil, isTrial: Bool = false, as command: String) throws
    -> Result
  {
    let folder = RuleFolder(application)
    if !isTrial { try folder.refresh(command) }
    var result = Result()
    var ended: Run?
    // How much it may hold is the rules' own bands.
    try handler.confirmer.unquestioned {
      try application.perform(command) { run in
        ended = run
        if isTrial { try folder.preview() }
        let only = try name.map { try book.rule($0).name }
        guard isTrial else { return try pass(run, only, &result) }
        result.plan = try run.plans.plan { try pass(run, only, &result, isTrial: true) }
      }
    }
    // Another process may have been first.
    if handler.mode == .live, !isTrial {
      let own = ended?.cartsOfRules ?? []
      result.held.removeAll { !own.contains($0) }
    }
    result.failures = book.passFailures
    if let ended {
      result.unchecked = ended.guard.unchecked
      result.flagged = ended.guard.flaggedCarts
    }
    return result
  }

  private func pass(_ run: Run, _ only: String?, _ result: inout Result, isTrial: Bool = false)
    throws
  {
    let kind = try only.map { try book.rule($0).current.kind }
    if kind != .policy {
      if run.guard.canScan {
        // For bands, and for a progress line.
        let count =
          try book.wantsCount(only) || hasProgress ? try run.guard.openCarts() : 0
        try book.pass(over: count, only: only) {
          result.judged = try run.guard.judgeAll(of: count) { result.held.append($0) }
        }
      } else {
        let keys = try handler.reader.keys(matching: Filter())
        result.judged = keys.count
        try book.pass(over: keys.count, only: only) {
          try run.guard.judge(keys) { if $1 { result.held.append($0) } }
        }
      }
    }
    if kind != .rule {
      result.policies = try book.runPolicies(
        only, isTrial: isTrial, in: run)
    }
  }

  /// Judges the carts that a live import changed.
  ///
  /// - Parameter operation: the import's number; an unknown one has no carts.
  public func judge(importedBy operation: Int64) throws {
    let store = application.shop.store
    guard let imported = try store.operation(operation) else { return }
    try handler.confirmer.unquestioned {
      try application.perform("import --live") { run in
        let keys = try store.carts(of: imported)
        try book.pass(over: keys.count) { try run.guard.judge(keys) { _, _ in } }
      }
    }
  }
}
