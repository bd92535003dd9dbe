import CartModel

/// Verbs that are to come: asked for, they say so.
enum LaterVerbs {
  static let all: [Verb] = [
    later("send", "sending a cart to its shopper comes with the store's door"),
    later("outbox", "effects that wait to reach a store come with the store's door"),
    later("reveal", "showing what is hidden of a person comes with privacy"),
  ]

  private static func later(_ name: String, _ words: String) -> Verb {
    Verb(name, "…", 0...100, kind: .text(from: 0), "Not in this version: \(words).") { _, _ in
      throw ConsoleError.usage("\(name): not in this version; \(words)")
    }
  }
}
