import CartModel
import CartStorage

/// The lines that an import rejected, recorded with the batch that was gathered meanwhile.
struct RejectedLines: CommitParticipant {
  let lines: [EventKey]
  /// The key of the import's operation.
  let operation: String

  func save(_ commit: Commit, _ writer: any WriteTransaction) throws {
    try writer.record(rejected: lines, by: operation)
  }
}
