import Testing

/// Only `Confirmer` decides whether to ask, and what a question says.
struct ConfirmerLawTests {
  /// The files that may set what was confirmed; the handler does it once, when it is made.
  private static let owners = ["Confirmer.swift", "CommandHandler.swift"]
  /// The files that may word a question.
  private static let wording = ["Confirmer.swift", "Confirmer+Questions.swift"]

  /// Lines of code that set what was confirmed.
  private static func settings(_ text: String) -> [String] {
    lines(text).filter { line in
      line.contains("consent = ") && !line.hasPrefix("let ") && !line.hasPrefix("var ")
    }
  }

  /// Lines of code that word a question, or ask one.
  private static func questions(_ text: String) -> [String] {
    let marks = ["Confirmer.Question", "io.ask(", "io.ask?(", "confirmer.ask(", "[y/N]"]
    return lines(text).filter { line in
      let places = line.ranges(of: "Question(")
      return marks.contains { line.contains($0) }
        || places.contains { !(line[..<$0.lowerBound].last?.isLetter ?? false) }
    }
  }

  /// Lines of code that look whether something was confirmed, to decide on a question by themselves.
  private static func looks(_ text: String) -> [String] {
    lines(text).filter { $0.contains(".consent") || $0.contains("asksForFinal") }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
      .filter { !$0.hasPrefix("//") }
  }

  @Test("No other file sets what was confirmed, words a question or asks one")
  func callers() {
    var (set, asked) = (0, 0)
    for file in SourceTree.files("Sources") {
      let (settings, questions) = (Self.settings(file.text), Self.questions(file.text))
      if Self.owners.contains(file.name) {
        set += settings.count
      } else {
        #expect(settings.isEmpty, "\(file.path): \(settings)")
      }
      if Self.wording.contains(file.name) {
        asked += questions.count
      } else {
        #expect(questions.isEmpty, "\(file.path): \(questions)")
      }
    }
    #expect(set > 4, "where it is set was not found: \(set)")
    #expect(asked > 6, "the questions were not found: \(asked)")
  }

  @Test("Above the engine nothing depends on what was confirmed")
  func readers() {
    for file in SourceTree.files("Sources") where file.folder != "Sources/CartEngine" {
      let looks = Self.looks(file.text)
      #expect(looks.isEmpty, "\(file.path): \(looks)")
    }
  }

  @Test("What it looks for is found")
  func sample() {
    let text = """
      let consent = handler.consent
        handler.consent = .given
      // consent = .given
      if handler.consent != .given, io.ask(text) == .end {}
      try confirm(Question(what: "order it"))
      """
    #expect(Self.settings(text).count == 1)
    #expect(Self.questions(text).count == 2)
    #expect(Self.looks(text).count == 3)
  }
}
