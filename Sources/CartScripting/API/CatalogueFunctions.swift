import CartEngine
import CartModel
import CartStorage
import CartSupport
import LuaKit

/// A person that a script holds.
struct ScriptCustomer {
  let key: String
  let shopper: Shopper
  let carts: [Int64]
}

/// Products, orders and customers.
enum CatalogueFunctions {
  static let all: [ScriptFunction] = [
    ScriptFunction(
      "product", .pure, [.required("sku", "string")], returns: "product?",
      "The product of a SKU, or nil."
    ) { call in
      let sku = try call.text(0)
      guard try product(call, sku) != nil else { return [.nil] }
      return [object(call, sku)]
    },
    ScriptFunction(
      "products", .read,
      [.optional("filter", "string|table", grammar: .record([("text", .any), ("limit", .any)]))],
      returns: "product[]",
      "The catalogue, by SKU: products\"mug\", or products{text=, limit=}."
    ) { call in
      var (text, limit) = ("", Int.max)
      switch call[0] {
      case .string(let given): text = given
      default:
        let options = try call.record(0)
        if let value = options["text"] {
          guard case .string(let given) = value else {
            throw LuaRaise("products: text: expected a text, got \(call.session.kind(value))")
          }
          text = given
        }
        if let value = options["limit"] {
          guard case .integer(let given) = value, given > 0 else {
            throw LuaRaise("products: limit: expected a whole number from 1")
          }
          limit = Int(clamping: given)
        }
      }
      let list = try call.handler.reader.catalogue.products(containing: text, limit: limit)
      return [.list(list.map { object(call, $0.sku) })]
    },
    ScriptFunction(
      "order", .read, [.required("id", "string")], returns: "order?", "The order of an id, or nil."
    ) { call in
      guard let key = try call.handler.reader.key(order: try call.text(0)) else { return [.nil] }
      return [.object(LuaObject(classID: ScriptClassID.order.rawValue, word: key))]
    },
    ScriptFunction(
      "orders", .read,
      [.optional("filter", "table|string", grammar: .filter(CartFunctions.options))],
      returns: "order[]",
      "Orders whose carts match a filter; total is the order's."
    ) { call in
      var filter = try CartFunctions.filter(call, call[0]).ofOrders()
      if !filter.namesStatus { filter.require(.init(.status, .equal, [.status(.ordered)])) }
      let keys = try call.handler.reader.keys(matching: filter)
      call.session.charge(keys.count)
      // A status given may let in carts that are none.
      let ordered = try call.handler.reader.at(filter.at?.start) {
        try keys.filter { try call.handler.reader.cart($0)?.order != nil }
      }
      return [
        .list(
          try ordered.map {
            .object(
              LuaObject(
                classID: ScriptClassID.order.rawValue,
                word: try call.session.word($0, at: filter.at?.start)))
          })
      ]
    },
    ScriptFunction(
      "customer", .read, [.required("who", "string|integer")], returns: "customer?",
      "A person by e-mail or customer number, with all carts; nil where none is known."
    ) { call in
      let who: String
      switch call[0] {
      case .string(let text): who = text
      case .integer(let number): who = String(number)
      default: throw call.failure(0, "an e-mail or a customer number")
      }
      guard let found = try call.handler.reader.people.customer(who) else { return [.nil] }
      let slot = call.session.customers.add(
        ScriptCustomer(key: who, shopper: found.shopper, carts: found.carts))
      return [.object(LuaObject(classID: ScriptClassID.customer.rawValue, slot: slot))]
    },
  ]

  static let productClass = ScriptClass(
    kind: .product, .pure,
    fields: ScriptField.members(RecordField<Product>.products, product) + [
      ScriptField("tags", "string[]", "Its tags.") {
        .list(try product($0).details.tags.map { .string($0) })
      },
      ScriptField("attr", "table", "Its attributes by name.") {
        LineClass.options(try product($0).details.attributes)
      },
    ], methods: [], events: [text])

  static let orderClass = ScriptClass(
    kind: .order, .read,
    fields: ScriptField.members(RecordField<OrderRecord>.orders, record) + [
      ScriptField("cart", "cart", "The cart that became it.") {
        $0.session.object(cart: $0.object.word)
      },
      ScriptField(
        "lines", "order_line[]", "Its lines as {sku=, name=, options=, quantity=, price=}."
      ) { call in
        let currency = try call.cart().currency
        return .list(
          try record(call).order.lines.map {
            .record([
              ("sku", .string($0.sku)), ("name", .string($0.name)),
              ("options", LineClass.options($0.options)),
              ("quantity", .integer($0.quantity)), ("price", .string($0.price.text(currency))),
            ])
          })
      },
    ], methods: [], events: [text])

  static let customerClass = ScriptClass(
    kind: .customer, .read,
    fields: [
      ScriptField("email", "string", "E-mail, or empty.") { .string(person($0).shopper[.email]) },
      ScriptField("name", "string", "Name, or empty.") { .string(person($0).shopper[.name]) },
      ScriptField("phone", "string", "Phone, or empty.") { .string(person($0).shopper[.phone]) },
      ScriptField("id", "integer", "Customer number, or 0.") {
        .integer(person($0).shopper.customer)
      },
      ScriptField("carts", "cart[]", "All carts, the latest first.") { call in
        .list(person(call).carts.map(call.session.object(cart:)))
      },
    ], methods: [], events: [text])

  private static let text = ScriptFunction("tostring", .pure, [.rest], "") { call in
    guard case .object(let object) = call[0] else { return [] }
    return [.string(call.session.text(object))]
  }

  private static func object(_ call: ScriptCall, _ sku: String) -> LuaValue {
    .object(
      LuaObject(classID: ScriptClassID.product.rawValue, slot: call.session.intern(sku)))
  }

  private static func product(_ call: ScriptCall, _ sku: String) throws -> Product? {
    try call.handler.reader.catalogue.product(sku)
  }

  private static func product(_ call: ScriptCall) throws -> Product {
    let sku = call.session.interned(call.object.slot)
    guard let product = try product(call, sku) else {
      throw LuaRaise("product \(quoted(sku)): is no longer in the catalogue")
    }
    return product
  }

  private static func record(_ call: ScriptCall) throws -> OrderRecord {
    guard let record = OrderRecord(try call.cart()) else {
      throw LuaRaise("order: it is no longer available")
    }
    return record
  }

  private static func person(_ call: ScriptCall) -> ScriptCustomer {
    call.session.customers[call.object.slot]
      ?? ScriptCustomer(key: "", shopper: Shopper(), carts: [])
  }
}
