import Testing

/// Types stay small: few stored properties, few extensions in other files.
struct ShapeTests {
  private static let targets = [
    "CartEngine", "CartApplication", "CartConsole", "CartRules", "CartStorage",
    "CartStoreSQLite", "CartStoreMemory",
  ]

  @Test("No type has extensions in more than six files")
  func extensionFiles() {
    var seen = 0
    for target in Self.targets {
      var files: [String: Int] = [:]
      for file in SourceTree.files("Sources/" + target) {
        for name in TypeShape.extended(file.text) { files[name, default: 0] += 1 }
      }
      seen += files.count
      for (name, count) in files {
        #expect(count <= 6, "\(target): \(name) has \(count)")
      }
    }
    #expect(seen > 40, "the extensions were not found: \(seen)")
  }

  @Test("No type has more than twelve stored properties")
  func storedProperties() {
    var seen = 0
    for target in Self.targets {
      for file in SourceTree.files("Sources/" + target) {
        for shape in TypeShape.types(file.text) {
          seen += 1
          #expect(shape.stored <= 12, "\(file.path): \(shape.name) has \(shape.stored)")
        }
      }
    }
    #expect(seen > 150, "the types were not found: \(seen)")
  }

  @Test("Stored properties are told from computed ones")
  func sample() {
    let text = """
      public final class Desk {
        public let shop: Shop
        private(set) var now = 0
        weak var judge: Judge?
        lazy var lists = Lists(shop) { $0 }
        var mode: Mode { shop.mode }
        static let limit = 5
        var log: [String] = [] { didSet { count += 1 } }
        var text: String {
          let line = "let x"
          return line
        }
        struct Inner { var a = 1 }
        func f() { let local = 1 }
      }
      extension Desk.Inner {}
      extension Desk {}
      """
    let shapes = TypeShape.types(text)
    #expect(shapes.first { $0.name == "Desk" }?.stored == 5)
    #expect(TypeShape.extended(text) == ["Desk", "Desk.Inner"])
  }
}
