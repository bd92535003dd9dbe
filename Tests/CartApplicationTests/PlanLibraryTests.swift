import CartApplication
import CartEngine
import CartModel
import CartSupport
import CartTesting
import Testing

/// Plans, undo, copies and imports of a home without a console.
struct PlanLibraryTests {
  /// What a sandbox tried, as a plan in a file.
  private func planned(_ opened: Opened) throws -> String {
    let application = opened.application
    application.handler.enter(.sandbox)
    try application.perform("add") { run in
      let key = try application.handler.reader.find("cart1")
      _ = try run.add("TEA-01", 2, to: key)
    }
    let path = try PlanLibrary(application).promote(to: nil)
    application.handler.enter(.live)
    return path
  }

  @Test("A plan of the sandbox is kept in a file and done once")
  func apply() throws {
    let opened = try Opened()
    let path = try planned(opened)
    let library = PlanLibrary(opened.application)
    var reports: [ApplyReport] = []
    for _ in 0..<2 {
      let reader = try library.open(path)
      try library.apply(
        reader, .init(), path: path, confirmed: nil, as: "apply", showing: { _ in },
        done: { report, _ in reports.append(report) })
    }
    #expect(reports.map(\.done) == [1, 0] && reports.map(\.known) == [0, 1])
    let handler = opened.application.handler
    #expect(try handler.reader.cart(try handler.reader.find("cart1"))?.lines.count == 2)
  }

  @Test("A number that is not the plan's confirms nothing")
  func confirmed() throws {
    let opened = try Opened()
    let path = try planned(opened)
    let library = PlanLibrary(opened.application)
    let reader = try library.open(path)
    #expect(
      throws: EngineError(
        .unconfirmed, "confirm=7: expected confirm=1: this changes 1 cart; nothing was changed")
    ) {
      try library.apply(
        reader, .init(), path: path, confirmed: "7", as: "apply", showing: { _ in },
        done: { _, _ in Issue.record("it was done") })
    }
  }

  @Test(
    "Outside of the sandbox nothing is promoted, and a plan that changes nothing is not written")
  func refused() throws {
    let opened = try Opened()
    let library = PlanLibrary(opened.application)
    #expect(
      throws: EngineError(.refused, "promote: there is no sandbox here; see .sandbox and .plan")
    ) { try library.promote(to: nil) }
    opened.application.handler.enter(.sandbox)
    #expect(
      throws: EngineError(.refused, "plan: it changes nothing; nothing was written")
    ) { try library.promote(to: nil) }
  }

  @Test("Undo asks about an operation, and redo does it again")
  func undo() throws {
    let opened = try Opened { $0.access.saysYes = true }
    let application = opened.application
    let handler = application.handler
    try application.perform("add") { run in
      _ = try run.add("TEA-01", 2, to: try handler.reader.find("cart1"))
    }
    var foreseen = 0
    var undo = UndoRun(application, redo: false)
    undo.observer.foreseen = { foreseen += $0.carts.count }
    guard
      case .operation(let number, let report, _) = try undo.revert(
        nil, confirmed: nil, as: "undo")
    else {
      Issue.record("expected an operation")
      return
    }
    #expect(foreseen == 1 && report.carts.count == 1)
    func lines() throws -> Int? {
      try handler.reader.cart(try handler.reader.find("cart1"))?.lines.count
    }
    #expect(try lines() == 1)
    _ = try UndoRun(application, redo: true).revert(number, confirmed: nil, as: "redo")
    #expect(try lines() == 2)
  }

  @Test("Where nobody can be asked, nothing is undone")
  func unconfirmed() throws {
    let opened = try Opened()
    let application = opened.application
    try application.perform("add") { run in
      _ = try run.add("TEA-01", 2, to: try application.handler.reader.find("cart1"))
    }
    let error = #expect(throws: EngineError.self) {
      try UndoRun(application, redo: false).revert(nil, confirmed: nil, as: "undo")
    }
    #expect(error?.code == .unconfirmed)
  }

  // MARK: Files

  @Test("A copy is made once, and is checked")
  func copies() throws {
    let opened = try Opened()
    let copies = DatabaseCopies(opened.application.home)
    let path = opened.folder.file("copy.db")
    #expect(try copies.backUp(to: path) > 0)
    #expect(try copies.check().isClean)
    #expect(throws: EngineError.self) { try copies.backUp(to: path) }
  }

  @Test("A file of events is imported, and its rejects are named")
  func imports() throws {
    let opened = try Opened()
    let file = opened.folder.write(
      "more.jsonl",
      """
      {"type":"cart.created","at":"2026-11-01T07:55:00Z","cart":"cart9","currency":"EUR"}
      {"type":"nonsense","at":"2026-11-01T07:55:00Z","cart":"cart9"}
      """)
    var question = try ImportQuestion(file)
    question.isStrict = true
    let error = #expect(throws: ApplicationError.self) {
      try FileImport(question, opened.application.home).run { _ in }
    }
    #expect(error?.message.hasPrefix("1 line is rejected; nothing was imported") == true)
    question.isStrict = false
    let (total, rejects) = try FileImport(question, opened.application.home).run { result in
      (result.report.total, result.report.rejects)
    }
    #expect(total == 1 && rejects == 1 && Files.exists(file + ".rejects.jsonl"))
  }

  @Test("Types and encodings that do not exist are named")
  func questions() {
    #expect(
      throws: ApplicationError.usage(
        "--as-type: expected events, carts, lines, products, customers, blacklist, allowlist, got "
          + "'cart'; did you mean 'carts'?")
    ) { try ImportQuestion("x", type: "cart") }
    #expect(throws: ApplicationError.self) { try ImportQuestion("x", encoding: "klingon") }
    #expect(
      throws: ApplicationError.usage(
        "--using: an importer makes events; not with --as-type carts")
    ) { try ImportQuestion("x", type: "carts", script: "x.lua") }
  }

  @Test("A practice store is what the executable fills it with")
  func practice() throws {
    let opened = try Opened()
    var home = opened.application.home
    home.databasePath = opened.folder.file("practice.db")
    var asked: [Int] = []
    var store = PracticeStore(home) { _, size, _, _ in
      asked.append(size.carts)
      return (1, [("cart1", "human")])
    }
    store.carts = 7
    #expect(try store.make().events == 1 && asked == [7])
    #expect(
      try Files.text(opened.folder.file("practice.labels.csv")) == "cart,label\r\ncart1,human\r\n")
    store.days = 0
    #expect(throws: ApplicationError.usage("practice: --days: expected 1 … 3650, got 0")) {
      try store.make()
    }
  }
}
