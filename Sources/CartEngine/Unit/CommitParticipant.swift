import CartModel
import CartStorage

/// Writes rows of its own into the transaction that holds a batch's events: how far jobs came, which lines
/// were rejected, and what is to reach a store or a shopper.
///
/// All of a batch's participants write, or nothing of the batch is written.
protocol CommitParticipant {
  func save(_ commit: Commit, _ writer: any WriteTransaction) throws
}

/// What a transaction holds, as its participants see it.
struct Commit {
  /// An effect, with what it was decided for.
  struct Requested: Equatable {
    let effect: Effect
    /// The cart's key and its version behind the events that the effect was decided with.
    let cart: Int64
    let version: Int64
    /// The number of the operation.
    let operation: Int64
  }

  /// Carts that are left as they are, because another process changed them.
  var lost: [Batch.Change] = []
  /// What is to be done outside for the carts that are written, in the order of the event log.
  var effects: [Requested] = []
}
