/// What a reader of a script should be told before it runs.
public struct ScriptFinding: Equatable, Sendable {
  /// The module where it stands, as `lib/x.lua`; empty for the file itself.
  public internal(set) var file = ""
  public var line: Int
  public var isError: Bool
  public var message: String
  /// The rules and policies in which it was found; empty where that is not known.
  var rules: Set<String> = []
  /// Whether it stands where the file is loaded, and not in a rule or a function.
  var isOfFile = false
  /// Whether it is about what a file of `lists/` says, which may be another with each version.
  public internal(set) var isOfList = false

  public init(line: Int, isError: Bool, message: String) {
    (self.line, self.isError, self.message) = (line, isError, message)
  }

  /// Whether it may be about a rule or policy, and is not only about others of its file.
  public func concerns(_ rule: String) -> Bool {
    isOfFile || rules.isEmpty || rules.contains(rule)
  }

  /// Whether it says the same of the same line.
  func isSame(as other: ScriptFinding) -> Bool {
    file == other.file && line == other.line && isError == other.isError && message == other.message
  }
}
