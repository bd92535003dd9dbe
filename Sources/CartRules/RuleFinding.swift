/// What looking at rules and lists found, with a witness each.
public struct RuleFinding: Sendable {
  /// A file of the folder of rules; empty for the lists of the shop.
  public var file: String
  public var line: Int
  public var message: String
  /// Whether the file cannot be used as it is.
  public var isError = false
}
