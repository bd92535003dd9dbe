import CartModel

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
    let parts = name.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
    for declared in ScriptAPI.classes
    where parts.count == 2 && declared.kind.name == parts[0] || parts.count == 1 {
      if let method = declared.methods.first(where: { $0.name == parts.last }) {
        return entry(method, declared.kind.name + ":")
      }
      if let field = declared.fields.first(where: { $0.name == parts.last }) {
        return "\(declared.kind.name).\(field.name): \(field.type)\n  \(field.help)"
      }
    }
    return "no help on \(quoted(name))\(didYouMean(name, among: names))"
  }

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
    return (functions + classes).joined(separator: "\n\n") + "\n"
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
    return lines.joined(separator: "\n")
  }

  private static func entry(_ function: ScriptFunction, _ owner: String) -> String {
    signature(function, owner) + "\n  " + function.help
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
