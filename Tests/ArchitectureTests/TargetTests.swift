import Testing

/// The targets use only what stands below them, and say so.
struct TargetTests {
  private let manifest = Manifest(SourceTree.text("Package.swift"))

  /// What each target may use of the others; those of Lua and of the prompt know no carts.
  private static let allowed: [String: Set<String>] = {
    var table: [String: Set<String>] = [
      "CartSupport": ["CDigest", "CIconv"], "CLuaKit": ["CLua"], "LuaKit": ["CLuaKit"],
      "LineEditor": ["CEditLine"], "HTTPClient": ["CCurl"],
    ]
    func add(_ name: String, _ below: [String], _ own: Set<String> = []) {
      table[name] = own.union(below).union(below.flatMap { table[$0] ?? [] })
        .subtracting(["CDigest", "CIconv", "CLuaKit", "CLua", "CEditLine", "CIDN2", "CCurl"])
        .subtracting(["GRDB", "GRDBSQLite", "CSQLiteShim"]).union(own)
    }
    add("HTTPServing", [], ["NIOCore", "NIOPosix", "NIOHTTP1"])
    add("StoreSimulator", ["CartSupport", "HTTPServing"])
    add("CartModel", ["CartSupport"], ["CIDN2"])
    add("CartStorage", ["CartModel"])
    add("CartStoreSQLite", ["CartStorage"], ["GRDB", "GRDBSQLite", "CSQLiteShim"])
    add("CartStoreMemory", ["CartStorage"])
    add("CartEngine", ["CartStorage"])
    add("BigCommerce", ["CartEngine", "HTTPClient"])
    add("CartExchange", ["CartEngine"])
    add("CartSync", ["CartEngine"])
    add("CartPractice", ["CartExchange"])
    add("CartReports", ["CartEngine"])
    add("CartScripting", ["CartReports", "CartExchange", "LuaKit"])
    add("CartRules", ["CartScripting", "CartStoreMemory"])
    add("CartApplication", ["CartRules"])
    add("CartConsole", ["CartApplication", "LineEditor"])
    add("cartio", ["CartConsole", "CartPractice", "CartStoreSQLite"], ["ArgumentParser"])
    add(
      "cartio-serve",
      [
        "CartApplication", "CartStoreSQLite", "CartSync", "BigCommerce", "HTTPServing",
        "StoreSimulator",
      ],
      ["ArgumentParser"])
    add("cartio-anchor", [], ["CDigest", "CLua", "GRDBSQLite"])
    add("cartio-bench", ["CartEngine", "CartStoreSQLite", "LuaKit"])
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
    #expect(manifest["CartStoreSQLite"]?.dependencies.contains("GRDB") == true)
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
      // The module of `cartio-serve` is `cartio_serve`.
      let modules = target.dependencies.map { $0.replacing("-", with: "_") }
      let declared = Set(modules).union(Self.system)
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
    for name in [
      "CartSupportTests", "LuaKitTests", "LineEditorTests", "HTTPClientTests", "ArchitectureTests",
    ] {
      let linked = manifest[name]?.dependencies ?? ["nothing"]
      #expect(
        Set(linked).isSubset(of: [
          "ProgramTesting", "CTesting", "CartSupport", "LuaKit", "LineEditor", "HTTPClient",
        ]), "\(name): \(linked)")
    }
  }

  /// A target with all below it.
  private func linked(_ name: String) -> Set<String> {
    var (linked, left) = (Set<String>(), [name])
    while let name = left.popLast() {
      guard linked.insert(name).inserted else { continue }
      left += manifest[name]?.dependencies ?? []
    }
    return linked
  }

  @Test("The console links no network")
  func network() {
    let network: Set<String> = [
      "HTTPClient", "HTTPServing", "BigCommerce", "CartSync", "StoreSimulator", "CCurl", "NIOCore",
      "NIOPosix", "NIOHTTP1",
    ]
    #expect(linked("cartio").isDisjoint(with: network))
    #expect(linked("cartio-serve").isSuperset(of: network))
  }

  /// A service links CartApplication without the prompt.
  @Test("CartApplication links neither the console nor the prompt")
  func application() {
    let linked = linked("CartApplication")
    #expect(linked.isDisjoint(with: ["CartConsole", "LineEditor", "CEditLine", "CartPractice"]))
    #expect(linked.isSuperset(of: ["CartRules", "CartStorage"]))
  }

  private static let storages: Set<String> = [
    "CartStoreSQLite", "GRDB", "GRDBSQLite", "CSQLiteShim",
  ]

  private static let linksSQLite: Set<String> = [
    "cartio", "cartio-serve", "cartio-bench", "cartio-anchor",
  ]

  @Test("Only executables and tests link SQLite")
  func sqlite() {
    for target in products where !Self.linksSQLite.contains(target.name) {
      guard target.name != "CartStoreSQLite" else { continue }
      let found = linked(target.name).intersection(Self.storages)
      #expect(found.isEmpty, "Package.swift: \(target.name) links \(found.sorted())")
    }
    #expect(linked("cartio").isSuperset(of: Self.storages))
    #expect(linked("CartConsole").contains("CartStorage"))
  }

  @Test("An executable chooses the storage in one place")
  func opening() {
    var places: [String] = []
    for folder in [
      "CartApplication", "CartConsole", "CartEngine", "CartRules", "CartSync", "cartio",
      "cartio-serve",
    ] {
      for file in SourceTree.files("Sources/" + folder) {
        let count = file.text.matches(of: /SQLiteStorageFactory\(/).count
        places += Array(repeating: file.path, count: count)
      }
    }
    #expect(
      places == [
        "Sources/cartio/Cartio.swift", "Sources/cartio-serve/Commands/ServiceOptions.swift",
      ])
  }

  @Test("Only CartStoreSQLite knows SQL")
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
      if file.folder == "Sources/CartStoreSQLite" { known += found.count }
      guard file.folder != "Sources/CartStoreSQLite" else { continue }
      for literal in found {
        Issue.record("\(file.path):\(literal.line): SQL outside CartStoreSQLite: \(literal.text)")
      }
    }
    #expect(known > 50, "the statements of CartStoreSQLite were not found: \(known)")
  }

  /// All else goes over SQLite's handle.
  @Test("GRDB opens, migrates and copies databases, and nothing more")
  func grdb() {
    let allowed: Set<String> = [
      "Connection/Connection.swift", "Connection/Schema.swift",
      "Connection/Schema+Coupons.swift", "File/Opening.swift", "File/StoreError+SQLite.swift",
      "Inbox/InboxSchema.swift", "Inbox/SQLiteInbox.swift",
      "Storage/SQLiteStorage+Backup.swift", "Storage/SQLiteStorage+Restore.swift",
    ]
    let folder = "Sources/CartStoreSQLite/"
    let found = SourceTree.files("Sources").filter { $0.imports.contains("GRDB") }.map(\.path)
    #expect(Set(found) == Set(allowed.map { folder + $0 }))
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

  /// What a storage of another kind could not offer stays inside CartStoreSQLite.
  @Test(
    "CartStoreSQLite offers a factory, and no public declaration names a type of SQLite or GRDB")
  func storageInterface() {
    let inner = [
      "GRDB", "OpaquePointer", "sqlite3", "SQLITE_", "Database", "Statement", "Row",
      "Configuration",
    ]
    var types: [String] = []
    for file in SourceTree.files("Sources/CartStoreSQLite") {
      for declaration in SwiftText.publicDeclarations(file.text) {
        if declaration.hasPrefix("public "),
          declaration.contains("struct ") || declaration.contains("class ")
        {
          types.append(declaration)
        }
        let words = declaration.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        let found = words.filter { word in
          inner.contains { $0.hasSuffix("_") || $0 == "sqlite3" ? word.hasPrefix($0) : word == $0 }
        }
        #expect(found.isEmpty, "\(file.path): \(found) in: \(declaration)")
      }
    }
    #expect(types == ["public struct SQLiteStorageFactory: StorageFactory"])
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
