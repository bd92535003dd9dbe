import Testing

/// The errors of all targets have one shape, `CodedError`.
struct ErrorLawTests {
  /// Swift of Lua has no carts and no support library; its errors stand apart.
  private static let apart = ["LuaKit", "CartSupport"]

  /// Types of a file that are errors with a message of their own.
  private static func shapes(_ text: String) -> [String] {
    var found: [String] = []
    var open: String?
    for line in text.split(separator: "\n") {
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      if let kind = words.firstIndex(where: { ["struct", "class", "enum"].contains($0) }),
        kind + 1 < words.count, line.hasSuffix("{")
      {
        open = words[(kind + 2)...].contains("Error") ? String(words[kind + 1]) : nil
      } else if let name = open, line.contains("let message: String") {
        found.append(name)
      }
    }
    return found
  }

  @Test("No target has an error type with a message beside CodedError")
  func oneShape() {
    var codes: [String] = []
    for file in SourceTree.files("Sources") {
      let target = String(file.folder.split(separator: "/").last ?? "")
      if !Self.apart.contains(target) {
        #expect(Self.shapes(file.text).isEmpty, "\(file.path): \(Self.shapes(file.text))")
      }
      codes += file.text.split(separator: "\n").filter { $0.contains("= CodedError<") }.map {
        _ in target
      }
    }
    #expect(
      codes.sorted() == [
        "CartApplication", "CartEngine", "CartModel", "CartScripting", "CartStorage", "CartSupport",
      ])
  }

  @Test("An error type of its own is found")
  func sample() {
    let text = """
      public struct DeskError: Error, Equatable {
        public let code: Code
        public let message: String
      }
      struct Refusal: Error {
        let reason: String
      }
      struct Note {
        let message: String
      }
      """
    #expect(Self.shapes(text) == ["DeskError"])
  }
}
