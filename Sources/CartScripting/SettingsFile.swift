import CartEngine
import CartModel
import CartSupport
import LuaKit

/// `store.lua`: a file that returns a table of settings.
public enum SettingsFile {
  /// - Parameter currencies: the decimals that a connected store gives its currencies.
  /// - Returns: nil where there is no such file.
  /// - Throws: `malformed`, naming the file and what is wrong in it.
  public static func load(_ path: String, currencies: [String: Int] = [:]) throws(EngineError)
    -> StoreSettings?
  {
    guard Files.exists(path) else { return nil }
    let source = try EngineError.mapping { try Files.text(path) }
    let value: LuaValue
    do throws(LuaFailure) {
      let vm = try LuaVM(.rule, seed: 0) { _, _ in
        throw LuaRaise("store.lua: expected plain settings, without functions of carts")
      }
      let environment = try vm.environment(sealed: true)
      vm.arm(.rule)
      let chunk = try vm.compile(source, name: "@store.lua", environment)
      value = try vm.call(chunk).first ?? .nil
    } catch {
      let named =
        error.message.hasPrefix("store.lua:") ? error.message : "store.lua: " + error.message
      throw EngineError(.malformed, named)
    }
    guard case .table = value else {
      throw EngineError(
        .malformed, "store.lua: expected 'return { … }', got \(value.kind)")
    }
    do throws(LuaRaise) { return try wrap(value, currencies) } catch {
      throw EngineError(.malformed, error.message)
    }
  }

  private static func wrap(_ value: LuaValue, _ currencies: [String: Int]) throws(LuaRaise)
    -> StoreSettings
  {
    do throws(EngineError) {
      return try StoreSettings(try json(value), currencies: currencies)
    } catch {
      throw LuaRaise(error.message)
    }
  }

  private static func json(_ value: LuaValue, _ path: String = "store.lua") throws(EngineError)
    -> JSONValue
  {
    switch value {
    case .boolean(let flag): return .bool(flag)
    case .integer(let number): return .number(String(number))
    case .number(let number) where number.isFinite: return .number(number.description)
    case .string(let text): return .string(text)
    case .table(let pairs):
      let items = value.items
      if items.count == pairs.count, !items.isEmpty {
        var list: [JSONValue] = []
        for (index, item) in items.enumerated() {
          list.append(try json(item, "\(path): \(index + 1)"))
        }
        return .array(list)
      }
      var members: [JSONValue.Member] = []
      for pair in pairs {
        guard case .string(let key) = pair.key else {
          throw EngineError(.malformed, "\(path): expected names as keys, got \(pair.key.kind)")
        }
        members.append(.init(key, try json(pair.value, "\(path): \(key)")))
      }
      return .object(members)
    default:
      throw EngineError(.malformed, "\(path): expected a plain value, got \(value.kind)")
    }
  }
}
