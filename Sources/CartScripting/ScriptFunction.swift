import CartEngine
import CartModel
import LuaKit

/// One function of the Lua API, declared once: dispatch, argument errors and help use this.
struct ScriptFunction: Sendable {
  /// `carts`, `blacklist.add`, or a method's name.
  let name: String
  let access: ScriptAccess
  let parameters: [ScriptParameter]
  /// The type of what it returns, as the definition file writes it; empty for nothing.
  let returns: String
  let help: String
  /// What it refuses, beside values of another type.
  let errors: [String]
  let noting: ScriptNoting
  /// A shorter way for what rules ask of each cart.
  let shortcut: ScriptShortcut?
  let body: @Sendable (inout ScriptCall) throws -> [LuaValue]

  init(
    _ name: String, _ access: ScriptAccess, _ parameters: [ScriptParameter] = [],
    returns: String = "", noting: ScriptNoting = .fact, shortcut: ScriptShortcut? = nil,
    _ help: String, errors: [String] = [],
    _ body: @escaping @Sendable (inout ScriptCall) throws -> [LuaValue]
  ) {
    self.name = name
    self.access = access
    self.noting = noting
    self.shortcut = shortcut
    self.parameters = parameters
    self.returns = returns
    self.help = help
    self.errors = errors
    self.body = body
  }
}

struct ScriptParameter: Sendable {
  let name: String
  let type: String
  let isOptional: Bool
  /// What it means; empty where its name and type say it.
  let about: String
  /// How a text, or a table of texts, is read: by a running script and by the check of its text.
  let grammar: ScriptGrammar

  static func required(
    _ name: String, _ type: String, _ about: String = "", grammar: ScriptGrammar = .any
  ) -> ScriptParameter {
    ScriptParameter(name: name, type: type, isOptional: false, about: about, grammar: grammar)
  }

  static func optional(
    _ name: String, _ type: String, _ about: String = "", grammar: ScriptGrammar = .any
  ) -> ScriptParameter {
    ScriptParameter(name: name, type: type, isOptional: true, about: about, grammar: grammar)
  }

  /// Any number of values.
  static let rest = ScriptParameter(
    name: "...", type: "any", isOptional: true, about: "", grammar: .any)
}

/// What rules ask of each cart is answered without the way that all calls take.
enum ScriptShortcut: Sendable {
  case listHas, same
  case count(SharedCount)
}

/// A field of an object: read-only, answered afresh.
struct ScriptField: Sendable {
  let name: String
  let type: String
  let help: String
  /// What changes it, for one who tries to set it: `c:set_address{…}`; empty where nothing does.
  let setter: String
  let body: @Sendable (inout ScriptCall) throws -> LuaValue

  /// Nil for the access of its class.
  let access: ScriptAccess?
  let noting: ScriptNoting
  let shortcut: ScriptShortcut?

  init(
    _ name: String, _ type: String, _ help: String, setter: String = "",
    access: ScriptAccess? = nil, noting: ScriptNoting = .fact, shortcut: ScriptShortcut? = nil,
    _ body: @escaping @Sendable (inout ScriptCall) throws -> LuaValue
  ) {
    self.name = name
    self.type = type
    self.help = help
    self.setter = setter
    self.access = access
    self.noting = noting
    self.shortcut = shortcut
    self.body = body
  }
}

/// A class of objects that scripts see.
struct ScriptClass: Sendable {
  let kind: ScriptClassID
  /// Of its fields.
  let access: ScriptAccess
  let fields: [ScriptField]
  let methods: [ScriptFunction]
  /// Functions called with a dot: `carts.create{…}`.
  let statics: [ScriptFunction]
  /// Metamethods, by `index`, `len`, `call`, `tostring`, `eq`, `add`, …
  let events: [ScriptFunction]

  init(
    kind: ScriptClassID, _ access: ScriptAccess, fields: [ScriptField], methods: [ScriptFunction],
    statics: [ScriptFunction] = [], events: [ScriptFunction]
  ) {
    self.kind = kind
    self.access = access
    self.fields = fields
    self.methods = methods
    self.statics = statics
    self.events = events
  }
}

enum ScriptClassID: UInt32, CaseIterable, Sendable {
  case cart = 1
  case lines = 2
  case line = 3
  case money = 4
  case query = 5
  case product = 6
  case order = 7
  case customer = 8
  case definition = 9
  /// The global `carts`, a function with a function inside.
  case carts = 10
  case list = 11
  case same = 12
  /// The shipping or the billing address of a cart.
  case address = 13
  case attributes = 14
  case price = 15

  // Written down: describing a case looks through all conformances that are linked, at each start.
  var name: String {
    switch self {
    case .cart: "cart"
    case .lines: "lines"
    case .line: "line"
    case .money: "money"
    case .query: "query"
    case .product: "product"
    case .order: "order"
    case .customer: "customer"
    case .definition: "definition"
    case .carts: "carts"
    case .list: "list"
    case .same: "same"
    case .address: "address"
    case .attributes: "attributes"
    case .price: "price"
    }
  }
}

/// Everything that a script can name.
enum ScriptAPI {
  static let functions: [ScriptFunction] =
    CartFunctions.all + CatalogueFunctions.all + MoneyClass.functions + TimeFunctions.all
    + SafetyFunctions.all + ListFunctions.all + ListFile.functions
    + TestFunctions.all + ToolFunctions.all
    + DefinitionFunctions.all
  static let classes: [ScriptClass] = [
    CartClass.declaration, LineClass.sequence, LineClass.declaration, MoneyClass.declaration,
    QueryClass.declaration, CatalogueFunctions.productClass, CatalogueFunctions.orderClass,
    CatalogueFunctions.customerClass, DefinitionFunctions.declaration, ListFile.declaration,
    SameClass.declaration, CartPartClasses.address, CartPartClasses.attributes,
    PriceClass.declaration,
    CartFunctions.namespace,
  ]
}
