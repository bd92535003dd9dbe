import CartEngine
import CartModel
import CartStorage
import CartSupport
import LuaKit

/// What a script reads beside itself: `require` and `list`.
extension ScriptSession {
  /// The text of a file of `lib` or `lists`; nil where there is none.
  func source(_ path: String) throws -> String? {
    let text: String?
    if let readSource = context == 0 ? readSource : contexts[context - 1].readSource {
      text = try readSource(path)
    } else {
      let whole = Files.folder(libraryFolder) + "/" + path
      text = libraryFolder.isEmpty || !Files.exists(whole) ? nil : try Files.text(whole)
    }
    if let text {
      if !usedSources.contains(path) { usedSources.append(path) }
      if context == 0, path.hasPrefix("lib/") {
        libraryDigests[path] = hexadecimal(Digest.key(of: text).bytes)
      }
    }
    return text
  }

  /// Reads a list before a script asks for it, so that it is among what was used.
  public func readList(_ name: String) throws { _ = try list(name) }

  /// A list of the folder `lists`, read once.
  func list(_ name: String) throws -> ScriptList {
    let key = listKey(name)
    if let known = lists[key] { return known }
    // Several rules of one file read one list.
    let shared = context == 0 ? "" : contexts[context - 1].texts + "\u{1f}" + name
    if context > 0, let known = sharedLists[shared] {
      lists[key] = known
      return known
    }
    guard !name.contains("/"), !name.hasPrefix("."), let text = try source("lists/" + name) else {
      throw LuaRaise("list: no file \(quoted(name)); expected it at lists/\(name)")
    }
    let list: ScriptList
    do throws(EngineError) { list = try ScriptList(text) } catch {
      throw LuaRaise("list \(quoted(name)): \(error.message)")
    }
    lists[key] = list
    if context > 0 { sharedLists[shared] = list }
    return list
  }

  /// Files of one session may mean different lists by one name.
  func listKey(_ name: String) -> String { context == 0 ? name : "\(context)\u{1f}\(name)" }

  /// Loads a module of the library folder; what it returns is the same each time.
  func require(_ name: String) throws -> LuaValue {
    let context = context
    if let module = context == 0 ? modules[name] : contexts[context - 1].modules[name] {
      return .function(module)
    }
    guard !loading.contains(name) else {
      throw LuaRaise(
        "require: \(quoted(name)) requires itself: \((loading + [name]).joined(separator: " → "))")
    }
    guard let source = try source("lib/\(name).lua") else {
      throw LuaRaise("require: no module \(quoted(name)); expected it at lib/\(name).lua")
    }
    loading.append(name)
    defer { loading.removeLast() }
    do throws(LuaFailure) {
      let chunk = try vm.compile(
        Self.withoutShebang(source), name: "@lib/\(name).lua", globalsOfContext)
      defer { vm.release(chunk) }
      let module = try vm.callKeeping(chunk, [.string(name)])
      if context == 0 {
        modules[name] = module
      } else {
        contexts[context - 1].modules[name] = module
      }
      return .function(module)
    } catch {
      if case .killed = error.code { throw error }
      throw LuaRaise(error.message, positioned: false)
    }
  }
}
