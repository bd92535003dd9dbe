import CartEngine
import CartModel
import LuaKit

/// `require`.
extension ScriptSession {
  /// Loads a module of the library folder; what it returns is the same each time.
  func require(_ name: String) throws -> LuaValue {
    if let module = modules[name] { return .function(module) }
    let path = "\(libraryFolder)/\(name).lua"
    guard !loading.contains(name) else {
      throw LuaRaise(
        "require: \(quoted(name)) requires itself: \((loading + [name]).joined(separator: " → "))")
    }
    guard !libraryFolder.isEmpty, Files.exists(path) else {
      throw LuaRaise("require: no module \(quoted(name)); expected it at lib/\(name).lua")
    }
    let source = try Files.text(path)
    loading.append(name)
    defer { loading.removeLast() }
    do throws(LuaFailure) {
      let chunk = try vm.compile(
        Self.withoutShebang(source), name: "@lib/\(name).lua", environment)
      defer { vm.release(chunk) }
      let module = try vm.callKeeping(chunk, [.string(name)])
      modules[name] = module
      return .function(module)
    } catch {
      if case .killed = error.code { throw error }
      throw LuaRaise(error.message, positioned: false)
    }
  }
}
