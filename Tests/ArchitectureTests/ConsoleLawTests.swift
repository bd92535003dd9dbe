import Testing

/// The console parses words, shows and asks; what is decided about the shop is in CartApplication.
struct ConsoleLawTests {
  /// Calls with which rules are set, plans done, files imported and databases copied, with who makes
  /// them instead.
  private static let calls: [(call: String, instead: String)] = [
    ("book.set(", "RuleSettings"), ("guard.record(", "RuleSettings"),
    ("guard.rollBack(", "RuleSettings"), ("book.scan(", "RuleFolder"),
    ("book.pass(", "RulePass"), ("book.runPolicies(", "RulePass"),
    ("guard.judge", "RulePass"), ("book.backtest(", "RuleBacktest"),
    ("book.whatIf(", "RuleWhatIf"), ("book.fixture(", "RuleStudy"), ("book.test(", "RuleStudy"),
    ("book.trial(", "RuleStudy"), ("book.check(", "RuleCheck"), ("RuleBook(", "Application"),
    ("CommandHandler(", "Application"), ("openShop(", "Application"),
    ("handler.begin(", "Application.begin"), ("handler.beginReading(", "Application.begin"),
    ("PlanFile.", "PlanLibrary"), ("PlanReader(", "PlanLibrary"), ("plans.", "PlanLibrary"),
    (".undo.revert(", "UndoRun"), ("EventImport(", "FileImport"), ("TableImport(", "FileImport"),
    ("ListFile(", "ListImport"), ("Export(handler", "DataExport"), ("Practice(", "PracticeStore"),
    (".backup(", "DatabaseCopies"), ("Restore(", "DatabaseRestore"),
    ("SettingsFile.", "HomeReport"), ("unquestioned", "CartApplication"),
  ]

  private static func found(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("//") }
      .flatMap { line in
        calls.filter { call in
          // `DatabaseRestore(` is no `Restore(`.
          line.ranges(of: call.call).contains { place in
            call.call.hasPrefix(".") || !(line[..<place.lowerBound].last?.isPartOfName ?? false)
          }
        }.map { "\(line): belongs to \($0.instead)" }
      }
  }

  @Test("No file of the console sets rules, does plans, imports or copies")
  func console() {
    let files = SourceTree.files("Sources/CartConsole")
    #expect(files.count > 50, "the files were not found: \(files.count)")
    for file in files {
      let found = Self.found(file.text)
      #expect(found.isEmpty, "\(file.path): \(found)")
    }
  }

  @Test("The application makes each of these calls, or something below it")
  func application() {
    let text = SourceTree.files("Sources/CartApplication").map(\.text).joined()
    for call in Self.calls where call.call.hasPrefix("book.") {
      #expect(text.contains(call.call), "\(call.call) is not called any more; remove it here")
    }
  }

  @Test("What it looks for is found")
  func sample() {
    let text = """
      try perform(line) { _ in _ = try book.set(name, mode) }
      let library = PlanLibrary(application)
      // PlanFile.write(plan)
      try shop.backup(to: path)
      """
    #expect(Self.found(text).count == 2)
  }
}

extension Character {
  fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "_" }
}
