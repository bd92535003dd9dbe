import CartModel
import CartStorage

/// What a run knows of its bulk loops.
struct JobState {
  /// How to run it again; see `CommandHandler.begin(job:retry:)`.
  var origin: () -> String
  /// How many bulk loops began at each place of the script.
  var ordinals: [String: Int64] = [:]
  /// The loops of this run, until all that they did is saved.
  var loops: [Loop] = []
  /// The loop under way.
  var current: Loop?
  /// The job that this run goes on with.
  var resumed: Job?
  var isRetry = false
  /// Whether the loop of the job that is gone on with was come to.
  var isReached = false
  /// How many of the carts that the operation made outside of bulk loops, those of its first run included,
  /// are saved with the job.
  var savedMade = 0
  /// How many of them a run that goes on with a job came past.
  var replayed = 0
  /// How many carts the operation had changed before this run went on with it.
  var carriedCarts = 0
  /// How many blocks of all or nothing are under way: in one, a bulk loop is none.
  var atomicDepth = 0
  /// Those that were saved, as they stand.
  var saved: [Job] = []

  /// Whether what the script does now was done when it first ran.
  var isReplaying: Bool { resumed != nil && current == nil && (!isReached || isRetry) }

  /// - Parameter made: how many carts the operation made outside of bulk loops.
  func isUnsaved(made: Int) -> Bool {
    loops.contains(where: \.isUnsaved) || made != savedMade && !saved.isEmpty
  }

  /// One bulk loop.
  final class Loop {
    /// As it is stored, or will be.
    var job: Job
    /// The keys of its carts; a new cart's is negative until it is saved.
    let keys: [Int64]
    let isStored: Bool
    let isRetry: Bool
    /// How many were gone through.
    var next: Int64
    var saved: Int64
    var failed: [(cart: Int64, message: String)] = []
    /// For a retry, what was made good.
    var mended: [Int64] = []
    /// Which items changed a cart, since the last flush.
    var items: [Int64: Set<Int64>] = [:]
    var hasEffects = false

    init(_ job: Job, _ keys: [Int64], isStored: Bool, isRetry: Bool) {
      self.job = job
      self.keys = keys
      self.isStored = isStored
      self.isRetry = isRetry
      next = job.next
      saved = job.next
    }

    var isUnsaved: Bool {
      isStored || job.id != 0
        ? next != saved || !failed.isEmpty || !mended.isEmpty : hasEffects || !failed.isEmpty
    }
  }

  init(origin: @escaping () -> String = { "" }) { self.origin = origin }

  mutating func wereSaved(made: Int) {
    savedMade = made
    for loop in loops {
      loop.items = [:]
      guard loop.job.id != 0 else { continue }
      if let index = saved.firstIndex(where: { $0.id == loop.job.id }) {
        saved[index] = loop.job
      } else {
        saved.append(loop.job)
      }
    }
    loops.removeAll { $0 !== current && !$0.isUnsaved }
  }
}

/// Ends a bulk loop from within.
public struct JobStop: Error {
  public let error: any Error
  /// Whether the cart it was at would end it again: it counts as failed.
  public let isSpoilt: Bool

  public init(_ error: any Error, isSpoilt: Bool) {
    self.error = error
    self.isSpoilt = isSpoilt
  }
}
