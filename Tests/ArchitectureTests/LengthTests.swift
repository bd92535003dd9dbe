import Testing

/// Files and functions stay short enough to be read at once.
struct LengthTests {
  @Test("No file has more than 300 lines", arguments: ["Sources", "Tests"])
  func fileLengths(folder: String) {
    let files = SourceTree.files(folder, [".swift", ".c", ".h"])
    #expect(files.count > 100, "the files were not found: \(files.count)")
    for file in files {
      #expect(file.lines <= 300, "\(file.path): \(file.lines) lines")
    }
  }

  @Test("No function has more than 60 lines", arguments: ["Sources", "Tests"])
  func functionLengths(folder: String) {
    var seen = 0
    for file in SourceTree.files(folder) {
      for function in FunctionLength.all(file.text) {
        seen += 1
        #expect(
          function.lines <= 60, "\(file.path): \(function.name) has \(function.lines) lines")
      }
    }
    #expect(seen > 1000, "the functions were not found: \(seen)")
  }

  @Test("Functions are measured from their declaration to their last brace, tables by their cases")
  func sample() {
    let text = """
      struct Desk {
        let limit = 5
        var mode: Mode { .live }
        func short() -> Int { limit }
        public static func long(
          _ a: Int, b: Int
        ) throws -> Int {
          let text = \"""
            }
            \"""
          return text.count
        }
        private var words: String {
          if limit > 3 {
            return "x"
          }
          return "y"
        }
        func table(_ mode: Mode) -> Int {
          switch mode {
          case .live: 1
          case .plan:
            2 +
              3
          }
        }
        func broken(_ mode: Mode)
          throws(Failure) -> Int
        {
          switch mode {
          case .live: 1
          case .plan:
            2 +
              3
          }
        }
        func noTable(_ mode: Mode) -> Int {
          let one = 1
          switch mode {
          case .live: return one
          }
        }
        init(_ a: Int) {
          self.a = a
        }
      }
      protocol Judge {
        func verdict() -> Int
      }
      """
    #expect(
      FunctionLength.all(text) == [
        .init(name: "long", lines: 8), .init(name: "words", lines: 6),
        .init(name: "table", lines: 3), .init(name: "broken", lines: 3),
        .init(name: "noTable", lines: 6),
        .init(name: "init", lines: 3),
      ])
  }
}
