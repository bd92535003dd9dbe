import CartStore

/// Writes rows of its own into the transaction that holds a batch's events: how far jobs came, which lines
/// were rejected, and what is to reach a store or a shopper.
///
/// All of a batch's participants write, or nothing of the batch is written.
protocol CommitParticipant {
  /// - Parameter lost: carts that are left as they are, because another process changed them.
  func save(_ writer: StoreWriter, lost: [Batch.Change]) throws
}
