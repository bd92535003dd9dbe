import CartSupport

/// The operations that the events of an import went to.
public struct ImportedOperations: Equatable, Sendable {
  /// The import's own number; nil where nothing was saved.
  public var own: Int64?
  /// Events that were made with those of lines, by the name of their type: a cart for its first line.
  public var made: [String: Int] = [:]
  /// How many events each operation got, by its number: an earlier import gets those of the groups that
  /// it began.
  public var counts: [Int64: Int] = [:]

  public init() {}

  /// The numbers of the operations, in their order.
  public var numbers: [Int64] { counts.keys.sorted() }

  /// `as operation 2`, `into operation 1, which an earlier import began`; empty where nothing was saved.
  public var text: String {
    numbers.map { number in
      let count = counts.count > 1 ? "\(CountText.grouped(counts[number] ?? 0)) " : ""
      return count
        + (number == own
          ? "as operation \(number)"
          : "into operation \(number), which an earlier import began")
    }.joined(separator: "; ")
  }
}
