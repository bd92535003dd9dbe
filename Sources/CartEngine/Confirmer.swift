import CartModel

/// Asks before a change is made: the one place that decides whether to ask, how, and what an answer
/// means.
///
/// At a terminal it asks; elsewhere `--yes` or `confirm=N` answers, and without either the change is
/// refused.
public final class Confirmer {
  /// What came back from a terminal.
  public enum Answer: Equatable, Sendable {
    case line(String)
    /// Ctrl-C.
    case interrupted
    /// The end of the input.
    case end
  }

  public struct Question: Sendable {
    /// What would be done, and to whom, as a sentence without its end.
    public var what: String
    /// What `confirm=N` must name; how many carts are changed, unless the sentence says otherwise.
    public var count: Int
    /// Whether the number must be typed; else a yes is enough.
    public var wantsNumber: Bool
    /// Whether it cannot be undone: then it is asked also where the carts of a job were confirmed.
    public var isFinal: Bool
    /// Whether only an answer to it counts, and neither `--yes` nor `confirm=N`: they were given
    /// before the person could know what it is about.
    public var isUnforeseen = false

    public init(_ what: String, count: Int = 1, wantsNumber: Bool = false, isFinal: Bool = false) {
      (self.what, self.count) = (what, count)
      (self.wantsNumber, self.isFinal) = (wantsNumber, isFinal)
    }

    /// The sentence, and behind it, or on the next line where it is long, what is to be typed.
    var text: String {
      let first = what.prefix(1).uppercased() + what.dropFirst() + "."
      let prompt = wantsNumber ? "Type \(count) to continue, Enter to cancel: " : "Continue? [y/N] "
      return first + (first.count + prompt.count < 79 ? " " : "\n") + prompt
    }

    func accepts(_ answer: String) -> Bool {
      let word = answer.filter { !$0.isWhitespace }.lowercased()
      return wantsNumber ? word == String(count) : ["y", "yes"].contains(word)
    }
  }

  /// Shows a text and reads the line that answers it; nil where nobody can be asked.
  public var ask: ((String) -> Answer)?
  /// Whether what cannot be undone wants a yes of its own, though the carts were confirmed.
  public var asksForFinal = false
  /// Whether `--yes` answers everything.
  public var saysYes = false
  /// Nil for a command that is no run over carts.
  private unowned let handler: CommandHandler?

  init(_ handler: CommandHandler) { self.handler = handler }

  /// For a command that is no run over carts.
  public init(saysYes: Bool, ask: ((String) -> Answer)?) {
    handler = nil
    (self.saysYes, self.ask) = (saysYes, ask)
  }

  /// Returns where the change may be made.
  ///
  /// - Parameter word: what `confirm=` says; nil where it was not given.
  /// - Throws: `unconfirmed`, and `interrupted` for Ctrl-C, which ends the whole run.
  public func confirm(_ question: Question, given word: String? = nil) throws(EngineError) {
    if let handler, handler.mode != .live { return }
    if let word {
      guard word == String(question.count) else {
        throw EngineError(
          .unconfirmed,
          "confirm=\(word): expected confirm=\(question.count): \(question.what); nothing was changed"
        )
      }
      if !question.isUnforeseen { return }
    }
    if saysYes, !question.isUnforeseen { return }
    if let handler, handler.consent == .given, !question.isUnforeseen,
      !question.isFinal || !asksForFinal
    {
      return
    }
    guard let ask else {
      throw fatal(
        EngineError(
          .unconfirmed,
          "\(question.what): nobody confirmed it; nothing was changed; run it with --yes"
            + (handler == nil ? "" : ", or with confirm=\(question.count)")))
    }
    guard question.accepts(try answer(ask(question.text))) else { throw Self.declined }
  }

  /// Asks whether a cart may become an order, naming the shopper and the total.
  public func confirmOrder(of cart: Cart, given word: String? = nil) throws(EngineError) {
    let total: Money
    do throws(ModelError) {
      total = try cart.price(handler?.settings ?? StoreSettings()).total
    } catch {
      throw EngineError(error)
    }
    let pieces = "\(cart.quantity) \(cart.quantity == 1 ? "piece" : "pieces")"
    try confirm(
      Question(
        "order the \(cart.fullLabel): \(pieces), total \(total) \(total.currency); this cannot be "
          + "undone", isFinal: true), given: word)
  }

  /// Asks whether an operation may be undone or redone: many carts want their number typed, a few a
  /// yes.
  ///
  /// - Parameter isUnforeseen: whether it is not the operation that the person did last.
  public func confirm(
    undoOf preview: UndoReport, redo: Bool, isUnforeseen: Bool = false, given word: String? = nil
  ) throws(EngineError) {
    let count = preview.carts.count
    let isMany = Int64(count) > handler?.settings.confirmAbove ?? 0
    var what = "\(count) \(count == 1 ? "cart" : "carts")"
    if count == 1, let only = preview.carts.first, let cart = try handler?.reader.cart(only.key) {
      what = "the \(cart.fullLabel)"
    }
    if preview.entries > 0 {
      let entries = "\(preview.entries) \(preview.entries == 1 ? "entry" : "entries") of lists"
      what = count == 0 ? entries : "\(what) and \(entries)"
    }
    var question = Question(
      "\(redo ? "redo" : "undo") of operation \(preview.target.id) changes \(what)", count: count,
      wantsNumber: isMany)
    question.isUnforeseen = isUnforeseen
    try confirm(question, given: word)
  }

  /// Lets the person pick one of several that a word may mean.
  ///
  /// - Returns: the index; nil where nobody can be asked.
  /// - Throws: `unconfirmed` where none was picked, and `interrupted` for Ctrl-C.
  public func choose(_ what: String, among options: [String]) throws(EngineError) -> Int? {
    guard let ask else { return nil }
    let width = String(options.count).count
    let rows = options.enumerated().map { index, option in
      let number = String(index + 1)
      return String(repeating: " ", count: 2 + width - number.count) + "\(number)  \(option)\n"
    }
    let text = "\(what):\n\(rows.joined())Which one? [1-\(options.count), Enter to cancel] "
    let word = try answer(ask(text)).filter { !$0.isWhitespace }
    guard let number = Int(word), options.indices.contains(number - 1) else { throw Self.declined }
    return number - 1
  }

  /// Does work in which nobody is asked.
  public func unasked<T>(_ body: () throws -> T) rethrows -> T {
    let before = ask
    ask = nil
    defer { ask = before }
    return try body()
  }

  private static let declined = EngineError(.unconfirmed, "not confirmed; nothing was changed")

  private func answer(_ answer: Answer) throws(EngineError) -> String {
    switch answer {
    case .line(let text): return text
    case .interrupted: throw fatal(EngineError(.interrupted, "interrupted"))
    // Nobody will answer the questions that would follow, either.
    case .end: throw fatal(Self.declined)
    }
  }

  /// Ends the whole run with an error.
  private func fatal(_ error: EngineError) -> EngineError { handler?.run.end(with: error) ?? error }
}
