import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// The rules and policies that the event log has, with their versions and texts.
///
/// What looks at a shop's rules has it in common, and sees the same states.
final class RuleCatalogue {
  let handler: CommandHandler
  /// Where rule files lie.
  let folder: String
  /// What a rule prints or logs, and what happened to it.
  var messages: (String) -> Void = { _ in }
  private var states: [String: RuleState]?
  /// What the files have that is not recorded, for who only looks.
  private var unrecorded: [Event] = []
  /// Counts what changes which rules judge.
  private(set) var revision = 0

  init(_ handler: CommandHandler, folder: String) {
    (self.handler, self.folder) = (handler, folder)
  }

  /// All rules by name, as the event log has them.
  func rules() throws -> [RuleState] { try read().values.sorted { $0.name < $1.name } }

  /// - Throws: `notFound`, with a suggestion.
  func rule(_ name: String) throws -> RuleState {
    let states = try read()
    guard let state = states[name] else {
      throw EngineError(
        .notFound,
        "no rule or policy is called \(quoted(name))\(didYouMean(name, among: states.keys.sorted()))"
      )
    }
    return state
  }

  /// All rules by name as they were at a moment; nil for now.
  func states(at moment: Timestamp?) throws -> [String: RuleState] {
    guard let moment else { return try read() }
    return RuleState.fold(try handler.shop.store.ruleEvents().filter { $0.at <= moment })
  }

  private func read() throws -> [String: RuleState] {
    if let states { return states }
    let read = RuleState.fold(try handler.shop.store.ruleEvents() + unrecorded)
    states = read
    return read
  }

  /// Lets the next question see what was recorded since.
  func refresh() {
    states = nil
    revision += 1
  }

  /// Lets versions count that are not recorded, until others are put in their place.
  func preview(_ events: [EventBody]) {
    unrecorded = events.map {
      Event(
        seq: .max, cart: 0, version: 0, operation: 0, actor: handler.actor, at: handler.now,
        body: $0)
    }
    var texts: [String: String] = [:]
    for case .sourceRecorded(let digest, let text) in events { texts[digest] = text }
    handler.hooks.unrecordedTexts = texts
    refresh()
  }

  /// Lets which rules judge be worked out anew.
  func changed() { revision += 1 }

  /// Lets a setting count that a rule brought on itself, before it is saved.
  func put(_ setting: RuleSetting, on name: String) {
    states?[name]?.setting = setting
    states?[name]?.setBy = (.rule(name), handler.now)
    revision += 1
  }

  // MARK: Texts

  /// The line of its file where a version is stated; nil where that cannot be told.
  func line(of version: RuleVersion) throws -> Int? {
    Self.line(of: version.rule, in: try source(version))
  }

  /// The line of a file's text where a rule or policy is stated.
  static func line(of name: String, in text: String) -> Int? {
    RuleFile.definitions(in: text).first { $0.name == name }?.line
  }

  /// The text of the file that a version was made of.
  func source(_ version: RuleVersion) throws -> String {
    guard let digest = version.sources.first(where: { $0.path == version.file })?.digest,
      let text = try handler.ruleText(digest)
    else { return "" }
    return text
  }

  // MARK: Saying

  /// What a rule prints: a message is a line by itself.
  func say(_ text: String) {
    messages(printable(text.hasSuffix("\n") ? String(text.dropLast()) : text))
  }
}

extension CommandHandler {
  /// The text of a rule file, recorded or only read.
  func ruleText(_ digest: String) throws(StoreError) -> String? {
    if let text = hooks.unrecordedTexts[digest] { return text }
    return try shop.store.source(digest)
  }
}

/// Work over the rules of a catalogue.
protocol CatalogueWork {
  var catalogue: RuleCatalogue { get }
}

extension CatalogueWork {
  var handler: CommandHandler { catalogue.handler }
  var folder: String { catalogue.folder }

  func rules() throws -> [RuleState] { try catalogue.rules() }
  func rule(_ name: String) throws -> RuleState { try catalogue.rule(name) }
  func source(_ version: RuleVersion) throws -> String { try catalogue.source(version) }
  func line(of version: RuleVersion) throws -> Int? { try catalogue.line(of: version) }
}
