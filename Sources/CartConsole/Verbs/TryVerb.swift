import CartApplication
import CartEngine
import CartModel
import CartRules
import CartSupport

/// What one rule or policy says of one cart, without recording it.
enum TryVerb {
  static let all: [Verb] = [
    Verb(
      "try", "NAME ID", 2...2, pages: .always,
      "Judges one cart by the newest version of a rule or policy; nothing is recorded or changed."
    ) { console, call in try console.tryRule(call[0], call[1], call.line) }
  ]
}

extension Console {
  /// `.try NAME ID`, `rules try NAME CART`.
  func tryRule(_ name: String, _ word: String, _ line: String) throws {
    let (version, cart, trial) = try RuleStudy(application).trial(
      of: name, { try self.cart(word) }, as: line)
    shown.name(cart)
    let head = "\(version.kind) \(name), version \(version.number)"
    guard let outcome = trial.outcome else {
      io.output(safe(printable("\(head): does not match the \(cart.fullLabel)"), io) + "\n")
      if let note = trial.note { io.output(safe(printable("  " + note), io) + "\n") }
      for line in lines(trial.facts) { io.output(safe(printable(line), io) + "\n") }
      return
    }
    guard outcome != .error else {
      throw EngineError(.refused, "\(head): fails on the \(cart.fullLabel): \(trial.reason)")
    }
    let verb = outcome == .left ? "would not order" : "would \(outcome.name)"
    let text =
      "\(head): \(verb) the \(cart.fullLabel)"
      + (trial.reason.isEmpty ? "" : ": \(trial.reason)")
    io.output(safe(printable(text), io) + "\n")
    for line in lines(trial.facts) { io.output(safe(printable(line), io) + "\n") }
    if version.kind == .rule {
      io.output(safe(printable(trial.way.map(Self.words) ?? Self.noWay), io) + "\n")
    }
  }
}
