import Testing

/// Only `Admission` turns proposals into events.
struct AdmissionLawTests {
  private static let folder = "Sources/CartEngine/Admission/"

  /// Lines that decide a cart's command, or add a step to a unit of work.
  private static func places(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { line in
      guard !line.hasPrefix("//") else { return false }
      let decides = [" decide(", "(decide(", "=decide("].contains { line.contains($0) }
      let adds = ["unit.add(", "unit.create(", "own.add(", "own.create("].contains {
        line.contains($0)
      }
      return decides || adds
    }.map(String.init)
  }

  @Test("No other file of the targets above CartModel decides a command or adds a step")
  func callers() {
    var within = 0
    for target in ["CartEngine", "CartExchange"] {
      for file in SourceTree.files("Sources/" + target) {
        let found = Self.places(file.text)
        if file.path.hasPrefix(Self.folder) {
          within += found.count
        } else {
          #expect(found.isEmpty, "\(file.path): \(found)")
        }
      }
    }
    #expect(within > 6, "the calls of Admission were not found: \(within)")
  }

  @Test("What it looks for is found")
  func sample() {
    let text = """
      let events = try decide(command, on: cart, settings)
        unit.add(step, to: entry)
      // decide(command) is somewhere else
      func decided(_ x: Int) { run.add(loose: events) }
      """
    #expect(Self.places(text).count == 2)
  }
}
