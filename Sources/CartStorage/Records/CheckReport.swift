/// What `check` found.
public struct CheckReport: Equatable, Sendable {
  public var carts: Int64 = 0
  public var events: Int64 = 0
  public var commits: Int64 = 0
  /// One sentence each, at most a hundred.
  public var problems: [String] = []

  public var isClean: Bool { problems.isEmpty }

  package init() {}

  package mutating func add(_ problem: String) {
    if problems.count < 100 { problems.append(problem) }
  }
}
