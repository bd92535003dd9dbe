import CartApplication
import CartEngine
import CartModel
import CartReports
import CartRules
import CartScripting
import CartSupport

/// A part of the console that works on the workspace: a group of verbs, or what shows their results.
protocol WorkspacePart {
  var workspace: Workspace { get }
}

/// A part whose methods are the bodies of verbs.
protocol VerbGroup: WorkspacePart, SendableMetatype {
  init(_ workspace: Workspace)
}

extension WorkspacePart {
  // MARK: What it works on

  var application: Application { workspace.application }
  var handler: CommandHandler { application.handler }
  var shop: Shop { application.shop }
  var home: Home { application.home }
  var session: ScriptSession { application.session }
  var book: RuleBook { application.book }
  var screen: Screen { workspace.screen }
  var io: ConsoleIO { screen.io }
  var mode: OutputMode { screen.mode }

  // MARK: What words mean

  /// - Parameter options: those that have a meaning for the verb.
  func filter(_ words: some Sequence<TypedWord>, _ options: Set<FilterOption>, for verb: String)
    throws -> Filter
  {
    let filter = try times.parse(Array(words))
    try filter.check(options, verb)
    return filter
  }

  /// Reads times and filters as they are typed now.
  var times: FilterParser { FilterParser(zone: shop.zone, now: handler.now) }

  var targets: Targets { Targets(workspace) }

  /// The cart that a word means.
  ///
  /// - Parameter run: one that changes the cart: it must still be this shopper's when it is saved.
  func cart(_ word: String, in run: Run? = nil) throws(EngineError) -> Cart {
    try targets.cart(word, in: run)
  }

  // MARK: Working and showing

  /// Does work as one operation: saves it at the end, or says what was saved before it failed.
  func perform(_ command: String, _ body: (Run) throws -> Void) throws {
    try application.perform(command, body)
  }

  func show(_ table: ReportTable) { TableView(workspace).show(table) }
  func show(_ cart: Cart) { CartView(workspace).show(cart) }
  func show(_ plan: Plan) { PlanView(workspace).show(plan) }

  /// Shows a table, and what is to be known of its figures.
  func showWithNotes(_ table: ReportTable) {
    workspace.lastReport = table
    show(table)
    for note in table.notes { io.messages("note: " + note) }
  }

  /// On a terminal, ids cut to their first characters, 8 or as many as tell them apart.
  func shortened(_ ids: [String]) -> [String] {
    guard io.terminal.width != nil, mode == .table else { return ids }
    var length = 8
    while length < 36, Set(ids.map { $0.prefix(length) }).count < Set(ids).count { length += 1 }
    return ids.map { String($0.prefix(length)) }
  }
}
