import CartEngine
import CartModel
import CartScripting
import LuaKit

/// Searches for the smallest change of one fact with which a rule would not match a cart.
///
/// Each proposal is tried: the rule judges the cart with that answer in place of the true one.
final class NearestChange {
  private let instance: RuleInstance
  private let cart: Cart
  private let hints: FactHints
  private let shouldStop: () -> Bool
  private var best: (cost: Double, name: String, value: LuaValue)?
  private var tries = 0
  private var instructions: UInt64 = 0

  /// A rule that needs more is explained without a change.
  private static let mostTries = 4_000
  private static let mostInstructions: UInt64 = 50_000_000

  init(
    _ instance: RuleInstance, _ cart: Cart, _ hints: FactHints, shouldStop: @escaping () -> Bool
  ) {
    self.instance = instance
    self.cart = cart
    self.hints = hints
    self.shouldStop = shouldStop
  }

  /// - Returns: nil where no single change does, and where the search would take too long.
  /// - Throws: `interrupted`.
  func find(_ facts: [ScriptFact]) throws -> (name: String, value: LuaValue)? {
    for fact in facts {
      if let scale = FactScale(fact) { try search(fact, scale) } else { try searchOthers(fact) }
    }
    return best.map { ($0.name, $0.value) }
  }

  /// Whether the rule still matches with another answer.
  private func matches(_ name: String, _ value: LuaValue) throws -> Bool {
    if shouldStop() { throw EngineError(.interrupted, "interrupted") }
    guard tries < Self.mostTries, instructions < Self.mostInstructions else { return true }
    tries += 1
    // Nothing of the try before may help.
    try instance.renew()
    defer { instructions &+= instance.instructions }
    // An error is no answer: what would make the rule fail is no way out.
    guard let tried = try? instance.trace(cart, changed: [name: value]) else { return true }
    return tried.reason != nil
  }

  private func propose(_ name: String, _ value: LuaValue, _ cost: Double) {
    if let best, best.cost <= cost { return }
    best = (cost, name, value)
  }

  // MARK: Numbers

  private func search(_ fact: ScriptFact, _ scale: FactScale) throws {
    for direction: Int64 in [-1, 1] {
      if let end = try firstFlip(fact, scale, direction) { try narrow(fact, scale, to: end) }
    }
    for unit in hints.units(scale) where unit != scale.own {
      // The farther ones cannot be better, those nearer may be islands.
      if let best, best.cost <= scale.cost(unit) { continue }
      if try !matches(fact.name, scale.value(unit)) { try narrow(fact, scale, to: unit) }
    }
  }

  /// Goes ever farther from what was.
  private func firstFlip(_ fact: ScriptFact, _ scale: FactScale, _ direction: Int64) throws
    -> Int64?
  {
    var (distance, before) = (Int64(1), scale.own)
    while true {
      let (sum, overflow) = scale.own.addingReportingOverflow(direction * distance)
      let far = direction < 0 ? scale.least : FactScale.most
      let unit = overflow ? far : min(max(sum, scale.least), FactScale.most)
      if unit == before { return nil }
      if let best, best.cost <= scale.cost(before) { return nil }
      if try !matches(fact.name, scale.value(unit)) { return unit }
      before = unit
      distance = distance > FactScale.most ? distance : distance * 4
    }
  }

  /// Halves the way between what matches and what does not.
  private func narrow(_ fact: ScriptFact, _ scale: FactScale, to end: Int64) throws {
    var (matching, flipped) = (scale.own, end)
    while abs(flipped - matching) > 1 {
      let middle = matching + (flipped - matching) / 2
      if try matches(fact.name, scale.value(middle)) { matching = middle } else { flipped = middle }
    }
    propose(fact.name, scale.value(flipped), scale.cost(flipped))
  }

  // MARK: Others

  private func searchOthers(_ fact: ScriptFact) throws {
    for value in candidates(fact.value) {
      if let best, best.cost <= 1 { return }
      if try !matches(fact.name, value) { propose(fact.name, value, 1) }
    }
  }

  private func candidates(_ value: LuaValue) -> [LuaValue] {
    switch value {
    case .boolean(let flag): return [.boolean(!flag)]
    case .string(let text): return hints.texts.filter { $0 != text }.map { .string($0) }
    case .other: return [.nil]
    case .table(let pairs):
      // One entry fewer, none, and where it may be missing, nothing.
      let fewer =
        value.items.count == pairs.count
        ? pairs.indices.map { place in
          LuaValue.list(pairs.indices.filter { $0 != place }.map { pairs[$0].value })
        }
        : pairs.indices.map { place in
          LuaValue.table(pairs.indices.filter { $0 != place }.map { pairs[$0] })
        }
      return pairs.isEmpty ? [.nil] : fewer + [.table([]), .nil]
    default: return []
    }
  }
}

/// A fact that is a number, as a count of its smallest units.
struct FactScale {
  let own: Int64
  private let kind: Kind
  /// Of how many units something whole is made.
  let perWhole: Int64
  /// What a change is measured by, at least; a time is by a day.
  private let measure: Double

  static let most: Int64 = 1_000_000_000_000_000

  private enum Kind {
    case integer
    /// Thousandths: times have milliseconds.
    case number
    case money(LuaObject)
    /// A price as text, with its decimals.
    case text(decimals: Int)
  }

  private static let times: Set<String> = ["created", "updated", "first", "last", "now()"]

  /// Nil for a fact that is no number, or one that is beyond all amounts.
  init?(_ fact: ScriptFact) {
    let field = fact.name.split(separator: ".").last.map(String.init) ?? fact.name
    let own: Int64
    switch fact.value {
    case .integer(let number): (own, kind, perWhole) = (number, .integer, 1)
    case .number(let number):
      guard let units = Int64(exactly: (number * 1000).rounded()) else { return nil }
      (own, kind, perWhole) = (units, .number, 1000)
    case .object(let money):
      let decimals = Currency(number: Int(money.slot))?.decimals ?? 2
      (own, kind, perWhole) = (money.word, .money(money), Self.power(decimals))
    case .string(let text) where field == "price":
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard let units = Int64(parts.joined()) else { return nil }
      let decimals = parts.count > 1 ? parts[1].count : 0
      (own, kind, perWhole) = (units, .text(decimals: decimals), Self.power(decimals))
    default: return nil
    }
    guard own > -Self.most, own < Self.most else { return nil }
    self.own = own
    let days = 86_400 * Double(perWhole)
    measure = Self.times.contains(field) ? days : max(abs(Double(own)), 1)
  }

  private static func power(_ decimals: Int) -> Int64 {
    (0..<min(decimals, 12)).reduce(1) { value, _ in value * 10 }
  }

  /// What counts or is paid is never below nothing.
  var least: Int64 { own >= 0 ? 0 : -Self.most }

  /// How much of itself it would have to change.
  func cost(_ unit: Int64) -> Double { abs(Double(unit) - Double(own)) / measure }

  func value(_ unit: Int64) -> LuaValue {
    switch kind {
    case .integer: return .integer(unit)
    case .number: return .number(Double(unit) / 1000)
    case .money(let money):
      return .object(LuaObject(classID: money.classID, slot: money.slot, word: unit))
    case .text(let decimals):
      let digits = String(unit)
      guard decimals > 0 else { return .string(digits) }
      let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      return .string("\(padded.dropLast(decimals)).\(padded.suffix(decimals))")
    }
  }
}

/// Values that a fact may be tried with: what the rule's text, its parameters and the other facts name.
struct FactHints {
  private var numbers: Set<Double> = [0, 1]
  /// The empty one first.
  private(set) var texts: [String]

  init(_ source: String, _ parameters: [LuaValue], _ set: [String], _ facts: [ScriptFact]) {
    var texts: Set<String> = ["", "x"]
    for match in source.matches(of: /\d+(?:\.\d+)?/) {
      if let number = Double(String(match.output)) { numbers.insert(number) }
    }
    for match in source.matches(of: /"([^"\n]*)"|'([^'\n]*)'/) {
      texts.insert(String(match.output.1 ?? match.output.2 ?? ""))
    }
    for text in set {
      texts.insert(text)
      if let number = Double(text) { numbers.insert(number) }
    }
    for value in parameters + facts.map(\.value) {
      switch value {
      case .integer(let number): numbers.insert(Double(number))
      case .number(let number): numbers.insert(number)
      case .string(let text): texts.insert(text)
      case .object(let money):
        let decimals = Currency(number: Int(money.slot))?.decimals ?? 2
        let whole = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
        numbers.insert(Double(money.word) / whole)
      default: break
      }
    }
    self.texts = texts.sorted()
  }

  /// The numbers and those beside them in units of a fact, the nearest first; of two as near the
  /// smaller, so that the answer is always the same.
  func units(_ scale: FactScale) -> [Int64] {
    let units = numbers.compactMap { Int64(exactly: ($0 * Double(scale.perWhole)).rounded()) }
    let around = Set(units.filter { $0 < FactScale.most }.flatMap { [$0 - 1, $0, $0 + 1] })
    return around.filter { $0 >= scale.least }
      .sorted { (scale.cost($0), $0) < (scale.cost($1), $1) }
  }
}

/// A fact's value as a person reads it.
enum FactText {
  static func text(_ value: LuaValue) -> String {
    switch value {
    case .nil: "nil"
    case .string(let text): "\"\(text)\""
    case .integer(let number): String(number)
    case .number(let number): LuaValue.text(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .object(let object):
      Currency(number: Int(object.slot)).map { Money(minor: object.word, $0).description } ?? ""
    case .table(let pairs):
      "{"
        + pairs.map { pair in
          if case .string(let key) = pair.key {
            "\(key) = \(text(pair.value))"
          } else {
            text(pair.value)
          }
        }.joined(separator: ", ") + "}"
    case .other(let word): word
    default: value.kind
    }
  }
}
