/// Names that users will find here and that are not supported yet: each says so, with what is missing.
public enum Later {
  public struct Entry: Sendable {
    /// As it is typed: a command, a verb with its dot, a word of `rules`, or a command with an option.
    public let name: String
    /// What is missing, and why.
    public let words: String
  }

  private static let outbox = "a connected store is only read, so nothing waits for it"

  public static let all: [Entry] = [
    .init(name: "outbox", words: outbox),
    .init(name: "person", words: "personal data cannot be exported or erased by person"),
    .init(name: "report-bug", words: "a shop cannot be copied without its personal data"),
    .init(name: "move", words: "a shop cannot be copied to another kind of database"),
    .init(name: "check --proof", words: "heads of the event log cannot be signed"),
    .init(name: "check --against", words: "heads of the event log cannot be verified"),
    .init(name: "rules watch", words: "a rule's file cannot be watched; see 'rules test NAME'"),
    .init(name: "rules worth", words: "rules cannot be compared by what each adds"),
    .init(name: "rules new --from", words: "no rule can be suggested from carts"),
    .init(name: "--threads", words: "Lua runs on one thread"),
    .init(name: ".send", words: "sending a cart to its shopper needs the mail service"),
    .init(name: ".outbox", words: outbox),
    .init(name: ".reveal", words: "nothing is hidden while staff have no roles"),
    .init(name: ".rings", words: "carts that share a person's traits cannot be grouped"),
    .init(name: ".last", words: "type the verb again to see what it listed"),
  ]

  /// What is missing of a name; empty for one that is supported.
  public static func words(of name: String) -> String {
    all.first { $0.name == name }?.words ?? ""
  }

  /// - Throws: for a word behind `rules` that is not supported yet.
  static func check(rulesWord word: String) throws {
    let name = "rules \(word)"
    if !words(of: name).isEmpty { throw refusal(of: name) }
  }

  /// The error of a name that is not supported yet.
  public static func refusal(of name: String) -> ConsoleError {
    let shown = name.hasPrefix(".") ? String(name.dropFirst()) : name
    return .usage("\(shown): not supported yet; \(words(of: name))")
  }
}
