/// The API as a definition file for lua-language-server (LuaCATS annotations).
public enum ScriptDefinitions {
  public static var text: String {
    var lines = ["---@meta cartio", ""]
    for declared in ScriptAPI.classes { lines += page(declared) }
    for record in ScriptRecord.all where !record.fields.isEmpty { lines += page(record) }
    var spaces: Set<String> = []
    for function in ScriptAPI.functions {
      if let dot = function.name.firstIndex(of: ".") {
        let space = String(function.name[..<dot])
        if spaces.insert(space).inserted { lines += ["\(space) = {}", ""] }
      }
      lines += entry(function, function.name)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func page(_ declared: ScriptClass) -> [String] {
    let name = declared.kind.name
    let isGlobal = declared.kind == .carts
    var lines = ["---@class cartio.\(name)"]
    for field in declared.fields {
      lines.append("---@field \(field.name) \(type(field.type)) # \(field.help)")
    }
    for event in declared.events {
      switch event.name {
      case "add", "sub":
        lines.append("---@operator \(event.name)(cartio.\(name)): cartio.\(name)")
      case "mul": lines.append("---@operator mul(integer): cartio.\(name)")
      case "div": lines.append("---@operator div(cartio.\(name)): number")
      case "unm": lines.append("---@operator unm: cartio.\(name)")
      case "len": lines.append("---@operator len: integer")
      case "index": lines.append("---@field [integer] cartio.line")
      case "call" where declared.kind == .query:
        lines.append("---@overload fun(): cartio.cart?")
      case "call" where isGlobal: lines.append("---@overload fun(filter?: table): cartio.query")
      default: break
      }
    }
    // `cart` is a class and a function: the class's table has another name.
    let table = isGlobal ? name : "__" + name
    lines += [(isGlobal ? "" : "local ") + "\(table) = {}", ""]
    for method in declared.methods { lines += entry(method, "\(table):\(method.name)") }
    for function in declared.statics { lines += entry(function, "\(table).\(function.name)") }
    return lines
  }

  private static func page(_ record: ScriptRecord) -> [String] {
    ["---\(record.about)", "---@class cartio.\(record.name)"]
      + record.fields.map { field in
        let isOptional = field.type.hasSuffix("?")
        let type = type(isOptional ? String(field.type.dropLast()) : field.type)
        return "---@field \(field.name)\(isOptional ? "?" : "") \(type) # \(field.about)"
      } + [""]
  }

  private static func entry(_ function: ScriptFunction, _ path: String) -> [String] {
    var lines = function.help.isEmpty ? [] : ["---\(function.help)"]
    for parameter in function.parameters {
      lines.append(
        "---@param \(parameter.name)\(parameter.isOptional && parameter.name != "..." ? "?" : "") "
          + type(parameter.type) + (parameter.about.isEmpty ? "" : " \(parameter.about)"))
    }
    if !function.returns.isEmpty { lines.append("---@return " + type(function.returns)) }
    let names = function.parameters.map { name($0.name) }.joined(separator: ", ")
    return lines + ["function \(path)(\(names)) end", ""]
  }

  /// A parameter may not be called as a word of the language is.
  private static func name(_ name: String) -> String { name == "function" ? "fn" : name }

  /// Our class names with their prefix; `?` and `[]` stay.
  private static func type(_ type: String) -> String {
    let names = Set(ScriptClassID.allCases.map(\.name))
      .union(ScriptRecord.all.filter { !$0.fields.isEmpty }.map(\.name))
    return type.split(separator: "|", omittingEmptySubsequences: false).map { part in
      let core = part.prefix { $0.isLetter || $0 == "_" }
      if core == "row" { return "table" + part.dropFirst(core.count) }
      return (names.contains(String(core)) ? "cartio." : "") + part
    }.joined(separator: "|")
  }
}
