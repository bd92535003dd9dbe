/// What Lua could go on with, from the declarations; nothing is run for it.
public enum ScriptCompletion {
  /// A name and what is said of it.
  public struct Name: Equatable, Sendable {
    public var text: String
    public var note: String
  }

  /// What a text that is being typed asks for.
  public enum Place: Equatable, Sendable {
    /// A name that begins so.
    case name(String)
    /// A member of a class, or of a table of functions, that begins so; nil for a class not known.
    case member(of: String?, String, isMethod: Bool)
    /// A literal that is the argument of a function: `cart`, `cart:add`, `reports.run`.
    case literal(of: String, String)
    /// Nothing that could be known.
    case none
  }

  // MARK: Where it stands

  /// - Parameters:
  ///   - text: the chunk up to the cursor.
  ///   - globals: globals that hold an object, with its class.
  public static func place(in text: String, globals: [String: String]) -> Place {
    if let start = openQuote(text) {
      let literal = String(text[text.index(after: start)...])
      return function(before: text[..<start]).map { .literal(of: $0, literal) } ?? .none
    }
    let word = text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let name = String(word.reversed())
    let before = text.dropLast(name.count)
    guard let mark = before.last, mark == "." || mark == ":", !before.hasSuffix("..") else {
      return name.first?.isNumber == true ? .none : .name(name)
    }
    return .member(
      of: receiver(before.dropLast(), globals), name, isMethod: mark == ":")
  }

  /// Where a text that has no end yet begins; nil outside of one.
  private static func openQuote(_ text: String) -> String.Index? {
    var (open, isEscaped) = (String.Index?.none, false)
    for index in text.indices {
      let character = text[index]
      if let start = open {
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == text[start] {
          open = nil
        }
      } else if character == "\"" || character == "'" {
        open = index
      }
    }
    return open
  }

  /// The function whose argument begins here; methods as `:add`.
  private static func function(before text: Substring) -> String? {
    var text = text
    while let last = text.last, last == "(" || last == " " || last == "{" { text.removeLast() }
    let name = String(
      text.reversed().prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }.reversed())
    guard let colon = name.lastIndex(of: ":") else { return name.isEmpty ? nil : name }
    return String(name[colon...])
  }

  /// The class of what stands before a dot or a colon.
  private static func receiver(_ text: Substring, _ globals: [String: String]) -> String? {
    guard let last = text.last else { return nil }
    if last == "]" { return text.contains("lines[") ? ScriptClassID.line.name : nil }
    if last == ")" || last == "}" || last == "\"" || last == "'" {
      return function(before: text[..<opening(text)]).flatMap(result)
    }
    let name = String(
      text.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
    if spaces.contains(name) { return name }
    if text.dropLast(name.count).last == "." {
      return ScriptAPI.classes.lazy.flatMap(\.fields).first { $0.name == name }
        .flatMap { ScriptClassID.named($0.type) }
    }
    return globals[name]
  }

  /// Where the bracket or the text that ends here begins.
  private static func opening(_ text: Substring) -> String.Index {
    let pairs: [Character: Character] = [")": "(", "}": "{"]
    guard let close = text.last, let open = pairs[close] else {
      let quote = text.last
      return text.dropLast().lastIndex { $0 == quote } ?? text.startIndex
    }
    var depth = 0
    for index in text.indices.reversed() {
      if text[index] == close { depth += 1 }
      if text[index] == open { depth -= 1 }
      if depth == 0 { return index }
    }
    return text.startIndex
  }

  /// The class of what a function or `:method` gives.
  private static func result(_ name: String) -> String? {
    if name == ScriptClassID.carts.name { return ScriptClassID.query.name }
    let declared =
      name.hasPrefix(":")
      ? ScriptAPI.classes.lazy.flatMap(\.methods).first { $0.name == name.dropFirst() }
      : ScriptAPI.functions.first { $0.name == name }
        ?? ScriptAPI.classes.lazy.flatMap { declared in
          declared.statics.filter { "\(declared.kind.name).\($0.name)" == name }
        }.first
    return declared.flatMap { ScriptClassID.named($0.returns) }
  }

  // MARK: What could stand there

  private static let libraries: [String: String] = [
    "string": "byte char find format gmatch gsub len lower match rep reverse sub upper",
    "table": "concat insert move pack remove sort unpack",
    "math":
      "abs ceil exp floor fmod huge log max maxinteger min mininteger modf pi sqrt tointeger type ult",
    "utf8": "char charpattern codepoint codes len offset",
  ]

  private static let words =
    ("and break do else elseif end false for function if in local nil not or repeat return then true "
    + "until while assert error ipairs pairs pcall print select tonumber tostring type xpcall arg")
    .split(separator: " ").map(String.init)

  /// Tables of functions: `blacklist`, `string`.
  private static let spaces = Set(
    ScriptAPI.functions.compactMap { function in
      function.name.firstIndex(of: ".").map { String(function.name[..<$0]) }
    } + libraries.keys + [ScriptClassID.carts.name])

  /// Names that a chunk can use, but for those that it has set.
  public static let names: [Name] =
    (ScriptAPI.functions.filter { !$0.name.contains(".") }.map {
      Name(text: $0.name, note: $0.help)
    } + spaces.map { Name(text: $0, note: "") } + words.map { Name(text: $0, note: "") })
    .sorted { $0.text < $1.text }

  /// The members of a class or a table of functions; those of a cart where it is not known.
  public static func members(of owner: String?, isMethod: Bool) -> [Name] {
    let owner = owner ?? ScriptClassID.cart.name
    if let library = libraries[owner] {
      return isMethod ? [] : library.split(separator: " ").map { Name(text: String($0), note: "") }
    }
    var names = ScriptAPI.functions.compactMap { function -> Name? in
      guard !isMethod, function.name.hasPrefix(owner + ".") else { return nil }
      return Name(text: String(function.name.dropFirst(owner.count + 1)), note: function.help)
    }
    if let declared = ScriptAPI.classes.first(where: { $0.kind.name == owner }) {
      let functions = isMethod ? declared.methods : declared.statics
      names += functions.map { Name(text: $0.name, note: $0.help) }
      if !isMethod { names += declared.fields.map { Name(text: $0.name, note: $0.help) } }
    }
    return names.sorted { $0.text < $1.text }
  }
}

extension ScriptClassID {
  /// The class that a declared type names, as `cart?`; nil for a list of them and for others.
  fileprivate static func named(_ type: String) -> String? {
    let core = type.hasSuffix("?") ? String(type.dropLast()) : type
    if core == "line[]" { return ScriptClassID.lines.name }
    return allCases.first { $0.name == core }?.name
  }
}
