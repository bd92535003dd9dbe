import CartModel

/// What an expression of a script certainly is, as far as its text shows.
struct ScriptType: Equatable {
  enum Base: Equatable {
    case unknown
    case `nil`
    case boolean
    case number
    case text
    case table
    case function
    case object(ScriptClassID)
    /// A table of known keys, by its name.
    case record(String)
  }

  var base: Base
  /// Whether it may be nil as well.
  var isOptional = false
  /// Of a list: what its items are.
  var items: Base?
  /// The declared field that it was read from: `cart.country`.
  var field = ""
  /// Of the parameters of a rule: what they are by name; nil for any other table.
  var parameters: [String: ScriptType]?
  /// Of a table that the file makes: its functions by their keys.
  var members: [String: ScriptType] = [:]
  /// Of a text that stands in the file: what it says.
  var text: String?
  /// Of a number that stands in the file: whether it has a fraction or an exponent.
  var isFloat = false
  /// Of a function whose body stands in the file: its number.
  var body: Int?
  /// Whether it is the default of a rule's parameter, which a setting may replace.
  var isDefault = false
  /// Of a list from a file: its name.
  var file = ""

  static let unknown = ScriptType(base: .unknown)

  init(base: Base) { self.base = base }

  init(text: String) { (base, self.text) = (.text, text) }

  init(number digits: String) {
    base = .number
    isFloat = !digits.lowercased().hasPrefix("0x") && digits.contains { ".eE".contains($0) }
  }

  /// A type as the API declares it: `string`, `money`, `product?`, `line[]`.
  init(declared: String, field: String = "") {
    self.field = field
    var name = declared[...]
    if name.hasSuffix("?") {
      isOptional = true
      name = name.dropLast()
    }
    if name.hasSuffix("[]") {
      base = .table
      let item = ScriptType(declared: String(name.dropLast(2))).base
      items = item == .unknown ? nil : item
      // `cart.lines` is an object that has its own length and items.
      if items == .object(.line) { base = .object(.lines) }
      return
    }
    switch name {
    case "string": base = .text
    case "number", "integer": base = .number
    case "boolean": base = .boolean
    case "table": base = .table
    case "": base = .nil
    default:
      base =
        ScriptRecord.named(String(name)).map { .record($0.name) }
        ?? ScriptClassID.of(String(name)).map { .object($0) } ?? .unknown
    }
  }

  /// For messages: `a text`, `money`.
  var words: String {
    switch base {
    case .unknown: "unknown"
    case .nil: "nil"
    case .boolean: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .record: "a table"
    case .table: items == nil && !field.hasSuffix("s") ? "a table" : "a list"
    case .function: "a function"
    case .object(.money): "money"
    case .object(.lines): "a list"
    case .object(.attributes): "attributes"
    case .object(.same): "the result of c:same"
    case .object(let kind): ("aeio".contains(kind.name.prefix(1)) ? "an " : "a ") + kind.name
    }
  }

  var isKnown: Bool { base != .unknown }

  /// Whether a parameter of a declared type, as `string|table`, may take it.
  func fits(_ declared: String) -> Bool {
    guard isKnown, base != .nil, !isOptional else { return true }
    return declared.split(separator: "|").contains { part in
      if part == "any" { return true }
      let type = ScriptType(declared: String(part))
      if type.base == .unknown, part == "function" { return base == .function }
      if case .record = base, type.base == .table { return true }
      return !type.isKnown || type.base == base
    }
  }
}

extension ScriptClassID {
  static func of(_ name: String) -> ScriptClassID? { allCases.first { $0.name == name } }

  /// What scripts can reach of a class, declared once.
  var declaration: ScriptClass? { ScriptAPI.classes.first { $0.kind == self } }

  func field(_ name: String) -> ScriptField? {
    declaration?.fields.first { $0.name == name }
  }

  func method(_ name: String) -> ScriptFunction? {
    declaration?.methods.first { $0.name == name } ?? declaration?.statics.first { $0.name == name }
  }

  var memberNames: [String] {
    guard let declaration else { return [] }
    return (declaration.methods + declaration.statics).map(\.name) + declaration.fields.map(\.name)
  }
}
