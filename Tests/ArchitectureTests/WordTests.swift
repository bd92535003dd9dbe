import Testing

/// Messages and help use one word for one thing, and none that a reader must guess.
struct WordTests {
  /// Words that no message has, each with what is written instead.
  private static let words: [(forms: [String], instead: String)] = [
    (["gate", "gates"], "admission, mode"),
    (["door", "doors", "outlet", "outlets"], "storefront connection"),
    (["journey", "journeys"], "what it is"), (["workplace", "workplaces"], "home"),
    (["landed"], "imported"), (["drifted"], "changed since the plan"),
    (["somebody", "whoever"], "customer, shopper, staff, another user"),
    (["in force"], "enforced, current"),
    (["take back", "takes back", "taken back", "took back", "taking back"], "undo"),
    (["bring back", "brings back", "brought back", "bringing back"], "restore"),
    (["is against", "are against", "was against", "were against"], "matches, refuses"),
    (["come with", "comes with", "came with"], "not available, not supported yet"),
    (["there is none", "there are none", "there was none"], "what was searched"),
    (["happen once more", "happens once more"], "replay"), (["tale", "tales"], "history"),
    (["go the way", "goes the way", "went the way"], "what it does"),
    (["thought of"], "what it is"),
  ]

  static func found(in text: String) -> [String] {
    let parts = text.lowercased().split { !$0.isLetter && $0 != "'" }
    let plain = " " + parts.joined(separator: " ") + " "
    return words.flatMap { word in
      word.forms.filter { plain.contains(" " + $0 + " ") }
        .map { "'\($0)': write \(word.instead)" }
    }
  }

  @Test("Texts of the program have none of the words that readers must guess")
  func messages() {
    var count = 0
    for file in SourceTree.files("Sources") {
      for literal in SwiftText(file.text).literals {
        count += 1
        for problem in Self.found(in: literal.text) {
          Issue.record("\(file.path):\(literal.line): \(problem): \(literal.text)")
        }
      }
    }
    #expect(count > 3000, "literals were not found: \(count)")
  }

  @Test("Texts for readers have none of them either")
  func documents() {
    for file in SourceTree.files("Sources", [".md"])
      + [.init(path: "README.md", text: SourceTree.text("README.md"))]
    {
      #expect(!file.text.isEmpty)
      for problem in Self.found(in: file.text) { Issue.record("\(file.path): \(problem)") }
    }
  }

  @Test(
    "The words are found in all their forms, and only as words",
    arguments: [
      ("operation 5: undone", 0), ("5 takes back 3", 1), ("Somebody left", 1),
      ("it was brought back", 1), ("rule x is against y", 1), ("an aggregate, indoors", 0),
      ("there was none", 1),
    ])
  func forms(text: String, count: Int) { #expect(Self.found(in: text).count == count) }

  @Test("Literals are found beside comments and within interpolations")
  func literals() {
    let text = SwiftText(
      """
      // "no"
      let a = "one \\(f("two")) \\"end\\"" /* "no" */
      let b = #"raw "quoted" \\#(c)"#
      """)
    #expect(text.literals.map(\.text) == ["two", "one … \\\"end\\\"", "raw \"quoted\" …"])
    #expect(text.literals.map(\.line) == [2, 2, 3])
  }
}
