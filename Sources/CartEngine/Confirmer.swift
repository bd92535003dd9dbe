import CartModel
import CartSupport

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

  struct Question: Sendable {
    /// What would be done, and to whom, as a sentence without its end.
    var what: String
    /// What `confirm=N` must name; how many carts are changed, unless the sentence says otherwise.
    var count = 1
    /// Whether the number must be typed; else a yes is enough.
    var wantsNumber = false
    /// Whether it cannot be undone: then it is asked also where the carts of a job were confirmed.
    var isFinal = false
    /// Whether only an answer to it counts, and neither `--yes` nor `confirm=N`: they were given
    /// before the person could know what it is about.
    var isUnforeseen = false
    /// Whether a yes is one to all that the run changes from then on.
    var coversRun = false

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
  public private(set) var ask: ((String) -> Answer)?
  /// Whether `--yes` answers everything.
  private var saysYes = false
  /// Whether a job goes on, whose carts were confirmed when it began.
  private(set) var isResuming = false
  /// Whether what cannot be undone wants a yes of its own, though the carts were confirmed.
  private var asksForFinal = false
  /// Nil for a command that is no run over carts.
  unowned let handler: CommandHandler?

  init(_ handler: CommandHandler) { self.handler = handler }

  /// For a command that is no run over carts.
  public init(saysYes: Bool, ask: ((String) -> Answer)?) {
    handler = nil
    (self.saysYes, self.ask) = (saysYes, ask)
  }

  /// Says who answers from now on.
  ///
  /// - Parameters:
  ///   - ask: shows a text and reads the line that answers it; nil where nobody can be asked.
  ///   - saysYes: `--yes`.
  public func takeAnswers(from ask: ((String) -> Answer)?, saysYes: Bool) {
    (self.saysYes, self.ask) = (saysYes, ask)
    handler?.consent = saysYes ? .given : ask == nil ? .refuse : .askAtEnd
  }

  // MARK: What a yes covers

  /// Whether a change that wants a yes would be asked about.
  public var asks: Bool { handler.map { $0.mode == .live && $0.consent != .given } ?? true }

  /// Does the work of one run: what is confirmed in it covers nothing behind it.
  public func scope<T>(_ body: () throws -> T) rethrows -> T {
    let before = (handler?.consent, isResuming, asksForFinal)
    defer {
      if let consent = before.0 { handler?.consent = consent }
      (isResuming, asksForFinal) = (before.1, before.2)
    }
    return try body()
  }

  /// Does work about which nobody is asked: it only restores carts, or has bounds of its own.
  public func unquestioned<T>(_ body: () throws -> T) rethrows -> T {
    try scope {
      if handler?.mode == .live { handler?.consent = .given }
      return try body()
    }
  }

  /// Lets a job go on until the scope ends: its carts were confirmed when it began, but not what is
  /// final.
  public func resume() {
    handler?.consent = .given
    (isResuming, asksForFinal) = (true, !saysYes)
  }

  /// Does a part of a run that may change as many carts as `confirm=N` says, which are then not asked
  /// about again; without the word it just does the work.
  ///
  /// - Throws: `malformed` for a word that is no number; `unconfirmed` where it changes more carts.
  public func allowing<T>(_ word: String?, in run: Run, _ body: () throws -> T) throws -> T {
    guard let word, let handler else { return try body() }
    guard let count = Int64(word), count >= 0 else {
      throw EngineError(
        .malformed, "confirm: expected a number of carts, got \(quoted(word)); nothing was changed")
    }
    let before = run.changedCarts
    let result = try scope {
      handler.consent = .upTo(count, beyond: Int64(before))
      return try body()
    }
    run.tally.confirmed += run.changedCarts - before
    return result
  }

  // MARK: Asking

  /// Returns where the change may be made.
  ///
  /// - Parameters:
  ///   - word: what `confirm=` says; nil where it was not given.
  ///   - showing: shows more of it to a person who is asked.
  /// - Throws: `unconfirmed`, and `interrupted` for Ctrl-C, which ends the whole run.
  func confirm(
    _ question: Question, given word: String? = nil,
    showing: () throws(EngineError) -> Void = {}
  ) throws(EngineError) {
    if let handler, handler.mode != .live { return }
    if try !isAnswered(question, word) {
      guard let ask else {
        throw fatal(
          EngineError(
            .unconfirmed,
            "\(question.what): nobody confirmed it; nothing was changed; run it with --yes"
              + (handler == nil ? "" : ", or with confirm=\(question.count)")))
      }
      try showing()
      guard question.accepts(try answer(ask(question.text))) else { throw Self.declined }
    }
    guard question.coversRun else { return }
    coverRun()
    if question.isFinal { asksForFinal = false }
  }

  /// Lets the run change as many carts as it will.
  func coverRun() { handler?.consent = .given }

  /// Whether a question is answered before it is asked.
  ///
  /// - Throws: `unconfirmed` for another number than the question's.
  private func isAnswered(_ question: Question, _ word: String?) throws(EngineError) -> Bool {
    if let word {
      guard word == String(question.count) else {
        throw EngineError(
          .unconfirmed,
          "confirm=\(word): expected confirm=\(question.count): \(question.what); nothing was changed"
        )
      }
      if !question.isUnforeseen { return true }
    }
    guard !question.isUnforeseen else { return false }
    return saysYes || handler?.consent == .given && !(question.isFinal && asksForFinal)
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
  private func fatal(_ error: EngineError) -> EngineError {
    handler?.current?.end(with: error) ?? error
  }
}
