import CartModel
import CartSupport

/// Help from the declarations.
public enum ScriptHelp {
  /// Help on a name, or the list of all.
  public static func text(_ name: String) -> String {
    guard !name.isEmpty else { return overview }
    if let function = ScriptAPI.functions.first(where: { $0.name == name }) {
      return entry(function, "")
    }
    if let declared = ScriptAPI.classes.first(where: { $0.kind.name == name }) {
      return page(declared)
    }
    var parts = name.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
    // As people call their variables: c:add.
    if parts.count == 2, let known = Self.usual[parts[0]] { parts[0] = known.name }
    for declared in ScriptAPI.classes
    where parts.count == 2 && declared.kind.name == parts[0] || parts.count == 1 {
      if let method = declared.methods.first(where: { $0.name == parts.last }) {
        return entry(method, declared.kind.name + ":")
      }
      if let field = declared.fields.first(where: { $0.name == parts.last }) {
        return "\(declared.kind.name).\(field.name): \(field.type)\n  \(field.help)"
      }
    }
    if let record = ScriptRecord.named(name) { return page(record) }
    return "no help on \(quoted(name))\(didYouMean(name, among: names))"
  }

  private static let usual: [String: ScriptClassID] = [
    "c": .cart, "l": .line, "line": .line, "m": .money, "p": .product, "o": .order, "q": .query,
  ]

  /// All names that have help.
  public static var names: [String] {
    ScriptAPI.functions.map(\.name) + ScriptAPI.classes.map(\.kind.name)
      + ScriptAPI.classes.flatMap { declared in
        declared.methods.map { "\(declared.kind.name):\($0.name)" }
      }
  }

  /// All of it: each function, class, field and method with its help.
  public static var reference: String {
    let functions = ScriptAPI.functions.map { entry($0, "") }
    let classes = ScriptAPI.classes.map(page)
    let records = ScriptRecord.all.map(page)
    return (functions + classes + records).joined(separator: "\n\n") + "\n"
  }

  private static var overview: String {
    let functions = ScriptAPI.functions.map { "  " + signature($0, "") }
    let classes = ScriptAPI.classes.filter { !$0.fields.isEmpty || !$0.methods.isEmpty }.map {
      "  " + $0.kind.name
    }
    return
      (["functions:"] + functions + ["classes:"] + classes
      + ["help(\"NAME\") explains one."]).joined(separator: "\n")
  }

  private static func page(_ declared: ScriptClass) -> String {
    var lines = [declared.kind.name]
    for field in declared.fields { lines.append("  .\(field.name): \(field.type)  \(field.help)") }
    for method in declared.methods {
      lines.append("  " + signature(method, ":") + "  " + method.help)
    }
    for function in declared.statics {
      lines.append("  " + signature(function, declared.kind.name + ".") + "  " + function.help)
    }
    if declared.kind == .carts, let call = declared.events.first(where: { $0.name == "call" }) {
      lines.append("  carts{…} → \(call.returns)  \(call.help)")
      lines += call.errors.map { "    refuses \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private static func page(_ record: ScriptRecord) -> String {
    (["\(record.name): \(record.about)"]
      + record.fields.map { "  .\($0.name): \($0.type)  \($0.about)" }).joined(separator: "\n")
  }

  private static func entry(_ function: ScriptFunction, _ owner: String) -> String {
    var lines = [signature(function, owner), "  " + function.help]
    let width = function.parameters.map(\.name.count).max() ?? 0
    for parameter in function.parameters where !parameter.about.isEmpty {
      let pad = String(repeating: " ", count: width - parameter.name.count)
      lines.append("    \(parameter.name)\(pad)  \(parameter.about)")
    }
    lines += function.errors.map { "  refuses \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func signature(_ function: ScriptFunction, _ owner: String) -> String {
    let parameters = function.parameters.map { parameter in
      parameter.name == "..."
        ? "…"
        : parameter.name + (parameter.isOptional ? "?" : "") + ": " + parameter.type
    }
    let returns = function.returns.isEmpty ? "" : " → " + function.returns
    return owner + function.name + "(" + parameters.joined(separator: ", ") + ")" + returns
  }
}
