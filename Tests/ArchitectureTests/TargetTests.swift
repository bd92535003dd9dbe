import Testing

/// The targets use only what stands below them, and say so.
struct TargetTests {
  private let manifest = Manifest(SourceTree.text("Package.swift"))

  /// What each target may use of the others; those of Lua and of the prompt know no carts.
  private static let allowed: [String: Set<String>] = {
    var table: [String: Set<String>] = [
      "CartSupport": ["CDigest", "CIconv"], "CLuaKit": ["CLua"], "LuaKit": ["CLuaKit"],
      "LineEditor": ["CEditLine"],
    ]
    func add(_ name: String, _ below: [String], _ own: Set<String> = []) {
      table[name] = own.union(below).union(below.flatMap { table[$0] ?? [] })
        .subtracting(["CDigest", "CIconv", "CLuaKit", "CLua", "CEditLine", "CIDN2"])
        .subtracting(["GRDB", "GRDBSQLite", "CSQLiteShim"]).union(own)
    }
    add("CartModel", ["CartSupport"], ["CIDN2"])
    add("CartStore", ["CartModel"], ["GRDB", "GRDBSQLite", "CSQLiteShim"])
    add("CartEngine", ["CartStore"])
    add("CartExchange", ["CartEngine"])
    add("CartPractice", ["CartExchange"])
    add("CartReports", ["CartEngine"])
    add("CartScripting", ["CartReports", "CartExchange", "LuaKit"])
    add("CartRules", ["CartScripting"])
    add("CartApplication", ["CartRules"])
    add("CartConsole", ["CartApplication", "LineEditor"])
    add("cartio", ["CartConsole", "CartPractice"], ["ArgumentParser"])
    add("cartio-anchor", [], ["CDigest", "CLua", "GRDBSQLite"])
    add("cartio-bench", ["CartEngine", "LuaKit"])
    return table
  }()

  /// Modules of the system, which each file may import.
  private static let system: Set<String> = [
    "Dispatch", "Foundation", "Glibc", "Synchronization", "Testing",
  ]

  private var products: [Manifest.Target] {
    manifest.targets.filter { $0.folder.hasPrefix("Sources/") }
  }

  @Test("Each target is declared, and each declaration was read")
  func declarations() {
    let names = Set(products.map(\.name))
    #expect(names == Set(Self.allowed.keys))
    #expect(manifest["CartStore"]?.dependencies.contains("GRDB") == true)
    #expect(manifest["CartEngineTests"]?.dependencies.contains("CartEngine") == true)
    #expect(manifest.targets.filter(\.isTest).count >= 12)
    let folders = Set(SourceTree.files("Sources").map(\.folder))
    #expect(folders.subtracting(products.map(\.folder)).isEmpty)
  }

  @Test("Dependencies point down")
  func dependencies() {
    for target in products {
      let above = Set(target.dependencies).subtracting(Self.allowed[target.name] ?? [])
      #expect(above.isEmpty, "Package.swift: \(target.name) uses \(above.sorted())")
    }
  }

  /// SwiftPM builds a file that imports what its target does not declare, as long as another one
  /// was built before.
  @Test("A file imports only what its target declares")
  func imports() {
    for target in manifest.targets {
      let declared = Set(target.dependencies).union(Self.system)
      for file in SourceTree.files(target.folder) {
        let missing = Set(file.imports).subtracting(declared)
        #expect(missing.isEmpty, "\(file.path): imports \(missing.sorted())")
      }
    }
  }

  @Test("A target declares only what it imports")
  func unused() {
    for target in products where !SourceTree.files(target.folder).isEmpty {
      let used = Set(SourceTree.files(target.folder).flatMap(\.imports))
      // Linked by its module map only.
      let unused = Set(target.dependencies).subtracting(used).subtracting(["GRDBSQLite"])
      #expect(unused.isEmpty, "Package.swift: \(target.name) does not use \(unused.sorted())")
    }
  }

  @Test("What knows no carts links none")
  func withoutCarts() {
    for name in ["CartSupportTests", "LuaKitTests", "LineEditorTests", "ArchitectureTests"] {
      let linked = manifest[name]?.dependencies ?? ["nothing"]
      #expect(
        Set(linked).isSubset(of: [
          "ProgramTesting", "CTesting", "CartSupport", "LuaKit", "LineEditor",
        ]), "\(name): \(linked)")
    }
  }

  /// A service links CartApplication without the prompt.
  @Test("CartApplication links neither the console nor the prompt")
  func application() {
    var (linked, left) = (Set<String>(), ["CartApplication"])
    while let name = left.popLast() {
      guard linked.insert(name).inserted else { continue }
      left += manifest[name]?.dependencies ?? []
    }
    #expect(linked.isDisjoint(with: ["CartConsole", "LineEditor", "CEditLine", "CartPractice"]))
    #expect(linked.isSuperset(of: ["CartRules", "CartStore", "GRDB"]))
  }

  @Test("Above the engine and the rules a database is opened in one place")
  func opening() {
    var places: [String] = []
    for folder in ["CartApplication", "CartConsole", "cartio"] {
      for file in SourceTree.files("Sources/" + folder) {
        let count = file.text.matches(of: /CartStore\.open\(|CartStore\(/).count
        places += Array(repeating: file.path, count: count)
      }
    }
    #expect(places == ["Sources/CartApplication/Home/StorageOpener.swift"])
  }

  @Test("Only CartStore knows SQL")
  func statements() {
    let statements = [
      "SELECT ", "INSERT INTO ", "INSERT OR ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ",
      "CREATE INDEX ", "PRAGMA ",
    ]
    var known = 0
    for file in SourceTree.files("Sources") where file.folder != "Sources/CartBenchmarks" {
      let found = SwiftText(file.text).literals.filter { literal in
        statements.contains { literal.text.contains($0) }
      }
      if file.folder == "Sources/CartStore" { known += found.count }
      guard file.folder != "Sources/CartStore" else { continue }
      for literal in found {
        Issue.record("\(file.path):\(literal.line): SQL outside CartStore: \(literal.text)")
      }
    }
    #expect(known > 50, "the statements of CartStore were not found: \(known)")
  }

  @Test("The engine knows no format of a file")
  func formats() {
    let codecs = ["LineReader", "CSVReader", "CSVWriter", "TextInput", "OutputFile"]
    func found(in folder: String) -> [String] {
      SourceTree.files(folder).flatMap { file in
        codecs.filter(file.text.contains).map { "\(file.path): \($0) belongs into CartExchange" }
      }
    }
    #expect(found(in: "Sources/CartEngine") == [])
    #expect(found(in: "Sources/CartExchange").count > 5)
  }

  /// What a store of another kind could not offer stays inside CartStore.
  @Test("No public declaration of CartStore names a type of SQLite or GRDB")
  func storeInterface() {
    let inner = [
      "GRDB", "OpaquePointer", "sqlite3", "SQLITE_", "Database", "Statement", "Row",
      "Configuration",
    ]
    var count = 0
    for file in SourceTree.files("Sources/CartStore") {
      for declaration in SwiftText.publicDeclarations(file.text) {
        count += 1
        let words = declaration.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        let found = words.filter { word in
          inner.contains { $0.hasSuffix("_") || $0 == "sqlite3" ? word.hasPrefix($0) : word == $0 }
        }
        #expect(found.isEmpty, "\(file.path): \(found) in: \(declaration)")
      }
    }
    #expect(count > 100, "the declarations were not found: \(count)")
    let sample = """
      public func lend<T>(
        _ body: (Database) throws -> T
      ) throws -> T { try queue.read(body) }
      func inner(_ row: Statement) {}
      """
    #expect(
      SwiftText.publicDeclarations(sample) == [
        "public func lend<T>( _ body: (Database) throws -> T ) throws -> T"
      ])
  }
}
