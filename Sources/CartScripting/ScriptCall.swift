import CartEngine
import CartModel
import CartSupport
import LuaKit

/// One call from a script, with typed access to its arguments.
///
/// Each refusal names the function, the argument, what was expected and what it got.
struct ScriptCall {
  let session: ScriptSession
  let operation: Dispatch.Operation
  let arguments: [LuaValue]

  var name: String { operation.entry.name }
  /// The class of the receiver; nil for a function.
  var receiver: ScriptClassID? { operation.entry.receiver }
  var parameters: [ScriptParameter] { operation.entry.parameters }

  var handler: CommandHandler { session.handler }

  /// The run that what is changed belongs to.
  ///
  /// - Throws: where the script works outside of one, as a report does.
  func run() throws(EngineError) -> Run {
    guard let run = session.run else {
      throw EngineError(
        .refused,
        "\(name): carts cannot be changed here; do it at the prompt or in a "
          + "script")
    }
    return run
  }

  /// The current settings, or those of the moment that the object looks at.
  var settings: StoreSettings {
    guard let moment else { return handler.settings }
    return (try? handler.reader.settings(at: moment)) ?? handler.settings
  }
  /// The run's clock, or the moment that the object looks at.
  var now: Timestamp { moment ?? handler.now }

  /// The same for an answer that is another at another time; it is noted that the clock was read.
  var clock: Timestamp {
    session.clockRead = name
    session.hasReadClock = true
    return now
  }

  private var moment: Timestamp? {
    switch receiver {
    case .cart, .line, .order: session.moment(of: object.word)
    default: nil
    }
  }

  /// Checks the receiver and the number of arguments.
  func check() throws(LuaRaise) {
    if let receiver {
      guard case .object(let object)? = arguments.first, object.classID == receiver.rawValue
      else {
        let got = arguments.first.map(session.kind) ?? "no value"
        throw LuaRaise(
          "bad argument #1 to '\(name)' (\(receiver.name) expected, got \(got); use ':')")
      }
    }
    if parameters.last?.name != "...", count > parameters.count {
      throw LuaRaise(
        "\(name): expected at most \(parameters.count) arguments, got \(count)")
    }
  }

  private var offset: Int { receiver == nil ? 0 : 1 }
  var count: Int { arguments.count - offset }

  /// The object that a method or field belongs to.
  var object: LuaObject {
    if case .object(let object)? = arguments.first { return object }
    return LuaObject(classID: 0)
  }

  /// The argument at a place, from 0; nil where none was given.
  subscript(_ index: Int) -> LuaValue {
    index + offset < arguments.count ? arguments[index + offset] : .nil
  }

  func failure(_ index: Int, _ expected: String, _ got: String? = nil) -> LuaRaise {
    let parameter = index < parameters.count ? parameters[index].name : "…"
    return LuaRaise(
      "bad argument #\(index + 1) '\(parameter)' to '\(name)': expected \(expected), got "
        + (got ?? session.kind(self[index])))
  }

  func text(_ index: Int) throws(LuaRaise) -> String {
    guard case .string(let text) = self[index] else { throw failure(index, "a text") }
    return text
  }

  func optionalText(_ index: Int) throws(LuaRaise) -> String? {
    self[index] == .nil ? nil : try text(index)
  }

  /// A whole number; neither `2.0` nor `"2"` is one, as acceptance would depend on the data.
  func integer(_ index: Int) throws(LuaRaise) -> Int64 {
    guard case .integer(let number) = self[index] else {
      throw failure(index, "a whole number")
    }
    return number
  }

  func optionalInteger(_ index: Int) throws(LuaRaise) -> Int64? {
    self[index] == .nil ? nil : try integer(index)
  }

  func function(_ index: Int) throws(LuaRaise) -> LuaFunction {
    guard case .function(let function) = self[index] else {
      throw failure(index, "a function")
    }
    return function
  }

  /// A moment: epoch seconds, or a text as `2026-11-01 14:00`.
  func time(_ index: Int) throws -> Timestamp {
    switch self[index] {
    case .integer, .number: return try session.timestamp(self[index], "'\(name)'")
    case .string(let text): return try session.parser.time(text)
    default: throw failure(index, "a time as \"2026-11-01 14:00\", or seconds")
    }
  }

  func table(_ index: Int) throws(LuaRaise) -> [LuaValue.Pair] {
    guard case .table(let pairs) = self[index] else { throw failure(index, "a table") }
    return pairs
  }

  /// A table whose keys must be among those that its parameter declares.
  func record(_ index: Int) throws(LuaRaise) -> [String: LuaValue] {
    let keys = parameters[index].grammar.keys
    var record: [String: LuaValue] = [:]
    for pair in self[index] == .nil ? [] : try table(index) {
      guard case .string(let key) = pair.key, keys.contains(key) else {
        let shown = session.text(pair.key)
        throw LuaRaise(
          "\(name): no key \(quoted(shown))\(didYouMean(shown, among: keys))")
      }
      record[key] = pair.value
    }
    return record
  }

  /// The cart of the receiver, as this run sees it.
  func cart() throws -> Cart { try session.cart(object.word) }

  /// The receiver's key, to change it.
  ///
  /// - Throws: for a cart as it stood at an earlier moment.
  func target() throws -> Int64 {
    guard let moment = session.moment(of: object.word) else { return object.word }
    throw LuaRaise(
      "\(name): cart \(try cart().id) is shown as it stood at "
        + "\(handler.shop.zone.text(moment)); it can only be read")
  }
}
