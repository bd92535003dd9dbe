import CartModel

/// Verbs that are not supported yet; each says so.
enum LaterVerbs {
  static let all: [Verb] = [
    later("send", "sending a cart to its shopper needs the mail service"),
    later("outbox", "effects wait only for a connected store, and none can be connected"),
    later("reveal", "nothing is hidden while staff have no roles"),
  ]

  private static func later(_ name: String, _ words: String) -> Verb {
    Verb(
      name, "…", 0...100, kind: .text(from: 0), "Not supported yet: \(words).",
      console: { _, _ in throw ConsoleError.usage("\(name): not supported yet; \(words)") })
  }
}
