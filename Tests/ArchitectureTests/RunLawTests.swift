import Testing

/// Whatever works in a run is given it: only the engine and tests know the run that was begun last.
struct RunLawTests {
  @Test("No target looks at the run that was begun last")
  func current() {
    var files = 0
    for file in SourceTree.files("Sources") where !file.path.hasPrefix("Sources/CartEngine/") {
      files += 1
      #expect(!file.text.contains("@_spi(Testing) import"), "\(file.path)")
    }
    #expect(files > 300, "the sources were not found: \(files)")
    let handler = SourceTree.text("Sources/CartEngine/CommandHandler.swift")
    let declarations = handler.split(separator: "\n").filter { $0.contains("var ") }
      .filter { $0.hasSuffix(": Run?") || $0.contains(": Run ") || $0.contains("= Run(") }
    #expect(declarations.count == 1, "\(declarations)")
    #expect(declarations.allSatisfy { $0.contains("@_spi(Testing)") }, "\(declarations)")
  }
}
