import CartEngine
import CartModel
import CartStorage
import LuaKit

/// Rules of several files in one VM, asked about one cart after the other.
///
/// Each file has globals of its own and reads what its version reads. What they say is a first word:
/// what acts is asked again elsewhere, in a fresh instance.
public final class ScriptPass {
  private let session: ScriptSession
  private let view: CartView
  private let turns = LuaTurns()
  public private(set) var rules: [ScriptRule] = []
  private var files: [String: [ScriptRule]] = [:]

  /// What each rule may have by itself, but for room for many.
  private static let capacity = {
    var capacity = LuaVM.Capacity.rule
    capacity.memory = 64 << 20
    return capacity
  }()

  public init(
    _ handler: CommandHandler, _ view: CartView, log: @escaping (String) -> Void
  ) throws(ScriptError) {
    session = try ScriptSession(
      handler, profile: .rule, seed: 0, capacity: Self.capacity, output: log)
    session.messages = log
    session.limit(.rule)
    session.isFenced = true
    self.view = view
  }

  /// Takes in a rule of a file.
  ///
  /// - Parameters:
  ///   - key: of the version, for globals of its own.
  ///   - texts: the same for versions that were made of the same texts.
  ///   - parameters: what stands in place of the rule's own, by name.
  /// - Returns: false where the file does not define it.
  public func add(
    _ name: String, of text: String, file: String, key: String, texts: String,
    parameters: [String: String],
    readSource: @escaping (String) throws -> String?
  ) throws -> Bool {
    let defined: [ScriptRule]
    if let known = files[key] {
      defined = known
    } else {
      defined = try session.load(text, name: "@" + file, texts: texts, readSource)
      files[key] = defined
    }
    guard let rule = defined.first(where: { $0.name == name }) else { return false }
    rules.append(rule)
    session.contextOfTurn.append(rule.context)
    guard case .table(let pairs) = session.parameters(rule.parameters, set: parameters) else {
      return false
    }
    session.add(
      rule.when,
      pairs.compactMap { pair in
        if case .string(let key) = pair.key { (key, pair.value) } else { nil }
      }, to: turns)
    return true
  }

  /// Asks all rules about a stored cart.
  ///
  /// - Returns: whether any did not say no.
  /// - Throws: where one was cut off; the pass is done with then.
  public func ask(_ row: borrowing CartRow) throws(ScriptError) -> Bool {
    view.fill(row, now: session.handler.now, session.handler.settings)
    if session.wantsRow { session.row = copy row }
    // Held on to, its parts would have to be made anew for the next.
    defer { if session.wantsRow { session.row = nil } }
    return try session.ask(turns, view, cart: row.key)
  }

  public enum Say {
    case no
    case yes(String)
    case unsure
  }

  public func said(_ index: Int) -> Say {
    switch session.said(turns, index) {
    case .no: .no
    case .yes(let text): .yes(text.filter { $0 != "\0" })
    case .unsure: .unsure
    }
  }
}

extension ScriptSession {
  /// What one of several files in a session has for itself.
  struct Context {
    var environment: LuaEnvironment
    /// The same for files that read the same texts.
    var texts = ""
    var modules: [String: LuaFunction] = [:]
    var readSource: ((String) throws -> String?)?
  }

  /// The context of what runs now; 0 where there is only one.
  var context: Int {
    if let loadingContext { return loadingContext }
    return isTakingTurns && vm.turn < contextOfTurn.count ? contextOfTurn[vm.turn] : 0
  }

  /// Runs a file over globals of its own.
  ///
  /// - Returns: the rules that it defines.
  func load(
    _ source: String, name: String, texts: String,
    _ readSource: @escaping (String) throws -> String?
  ) throws(ScriptError) -> [ScriptRule] {
    let environment: LuaEnvironment
    do throws(LuaFailure) { environment = try vm.environment(sealed: true) } catch {
      throw ScriptError(error)
    }
    contexts.append(
      Context(environment: environment, texts: texts, readSource: readSource))
    loadingContext = contexts.count
    defer { loadingContext = nil }
    (rules, policies, tests, definitions) = ([], [], [], [])
    _ = try run(source, name: name)
    return rules
  }

  func ask(_ turns: LuaTurns, _ view: CartView, cart: Int64) throws(ScriptError) -> Bool {
    isJudging = true
    isTakingTurns = true
    // What was asked of the cart before cannot be used again.
    if !questions.isEmpty { questions.removeAll() }
    vm.show(view.view)
    defer {
      vm.show(nil)
      (isJudging, isTakingTurns) = (false, false)
    }
    return try asking { () throws(LuaFailure) in
      try turns.take(LuaObject(classID: ScriptClassID.cart.rawValue, word: cart), vm)
    }
  }

  func add(
    _ function: LuaFunction, _ parameters: [(name: String, value: LuaValue)], to turns: LuaTurns
  ) {
    turns.add(function, parameters: parameters, vm)
  }

  func said(_ turns: LuaTurns, _ index: Int) -> LuaTurns.Say { turns.said(index, vm) }
}
