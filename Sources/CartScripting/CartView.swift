import CartEngine
import CartModel
import CartStorage
import LuaKit

/// A cart's fields as a view that scripts are answered from.
///
/// Filled from a cart, or from a row of the store as it stands; both say what the fields of the class
/// say, and leave to the host what is seldom asked for.
public final class CartView {
  public let view: LuaView

  public init() {
    view = LuaView(
      LuaView.Shape(
        objectClass: ScriptClassID.cart.rawValue, listClass: ScriptClassID.lines.rawValue,
        itemClass: ScriptClassID.line.rawValue, fields: Self.slots.count,
        itemFields: LineField.allCases.count))
  }

  /// Fields of a cart that are worked out, by their slots; the texts of the shopper stand behind them.
  enum Field: Int, CaseIterable {
    case id = 1
    case status, created, updated, idle, version, currency, lines, quantity, domain
    case customerID, shopperType, coupon
    case subtotal, discount, shipping, tax, total

    var name: String { Self.names[rawValue - 1] }

    // Asking the runtime for a case's name costs a start more than all of them are worth.
    private static let names = [
      "id", "status", "created", "updated", "idle", "version", "currency", "lines", "quantity",
      "domain", "customer_id", "shopper_type", "coupon", "subtotal", "discount", "shipping", "tax",
      "total",
    ]
  }

  enum LineField: Int, CaseIterable {
    case id = 1
    case sku, name, quantity, total, image

    static let names = ["id", "sku", "name", "quantity", "total", "image"]
  }

  /// Every text of the shopper that is a field of the cart, with its slot.
  private static let texts: [(name: String, field: ShopperField, slot: Int)] =
    CartField.all.filter(\.isStoredText).enumerated().compactMap { index, field in
      field.stored.map { (field.name, $0, Field.allCases.count + 1 + index) }
    }
  /// The slots by the numbers of the shopper's fields; 0 for none.
  private static let textSlots: [Int] = texts.reduce(into: Array(repeating: 0, count: 256)) {
    $0[Int($1.field.rawValue)] = $1.slot
  }
  /// The slots of texts that have no column in the table of carts.
  private static let otherTexts = texts.filter { !CartRow.shopperColumns.contains($0.field) }.map(
    \.slot)

  static let slots = Dictionary(
    uniqueKeysWithValues: Field.allCases.map { ($0.name, $0.rawValue) }
      + texts.map { ($0.name, $0.slot) })
  static let lineSlots = Dictionary(
    uniqueKeysWithValues: LineField.allCases.map { (LineField.names[$0.rawValue - 1], $0.rawValue) }
  )

  private subscript(_ field: Field) -> LuaView.Place { view[field.rawValue] }
  private subscript(line field: LineField) -> LuaView.Place { view[item: field.rawValue] }

  // MARK: From a cart

  public func fill(_ cart: Cart, now: Timestamp, _ settings: StoreSettings) {
    view.begin(word: cart.key)
    set(self[.id], cart.id)
    set(self[.status], cart.status(at: now, settings).rawValue)
    fill(cart.created, cart.updated, idle: cart.idle(at: now).milliseconds, cart.version)
    fill(cart.currency, cart.quantity, cart.shopper.customer)
    set(self[.domain], cart.shopper.domain)
    set(self[.shopperType], cart.shopper.isRegistered ? "registered" : "guest")
    set(self[.coupon], cart.coupons.first ?? "")
    for text in Self.texts { set(view[text.slot], cart.shopper[text.field]) }
    if let totals = try? cart.price(settings) { fill(totals) }
    for line in cart.lines {
      view.addItem()
      set(self[line: .id], line.id)
      set(self[line: .sku], line.sku)
      set(self[line: .name], line.name)
      set(self[line: .image], line.image)
      self[line: .quantity].set(line.quantity)
      if let total = try? cart.amount(of: line) { set(self[line: .total], total) }
    }
  }

  private func fill(
    _ created: Timestamp, _ updated: Timestamp, idle: Int64, _ version: Int64
  ) {
    self[.created].set(Double(created.milliseconds) / 1000)
    self[.updated].set(Double(updated.milliseconds) / 1000)
    self[.idle].set(Double(idle) / 1000)
    self[.version].set(version)
  }

  private func fill(_ currency: Currency, _ quantity: Int64, _ customer: Int64) {
    set(self[.currency], currency.code)
    self[.quantity].set(quantity)
    self[.customerID].set(customer)
    self[.lines].set(
      classID: ScriptClassID.lines.rawValue, slot: LuaView.bit, word: view.word)
  }

  private func fill(_ totals: Totals) {
    set(self[.subtotal], totals.subtotal)
    set(self[.discount], totals.discount)
    set(self[.shipping], totals.shipping)
    set(self[.tax], totals.tax)
    set(self[.total], totals.total)
  }

  private func set(_ field: ShopperField, _ text: CartRow.Bytes) {
    view[Self.textSlots[Int(field.rawValue)]].set(borrowed: text)
  }

  private func set(_ place: LuaView.Place, _ text: String) { view.set(place, copy: text) }

  private func set(_ place: LuaView.Place, _ money: Money) {
    place.set(
      classID: ScriptClassID.money.rawValue, slot: UInt32(money.currency.number),
      word: money.minor)
  }

  // MARK: From a row

  public func fill(_ row: borrowing CartRow, now: Timestamp, _ settings: StoreSettings) {
    if row.isOfStore, let cart = try? row.cart() { return fill(cart, now: now, settings) }
    view.begin(word: row.key)
    self[.id].set(borrowed: row.id)
    let idle = max(0, now.milliseconds - row.touched.milliseconds)
    switch settings.status(ofOpen: Span(milliseconds: idle)) {
    case .active: self[.status].set("active")
    case .abandoned: self[.status].set("abandoned")
    default: self[.status].set("expired")
    }
    fill(row.created, row.updated, idle: idle, row.version)
    fill(row.currency, row.quantity, row.customer)
    if let domain = Self.domain(row.email) { self[.domain].set(borrowed: domain) }
    set(.session, row.session)
    set(.ip, row.ip)
    set(.country, row.country)
    set(.email, row.email)
    for slot in Self.otherTexts { view[slot].set("") }
    var isRegistered = row.customer != 0
    for (field, value) in row.fields {
      let slot = Self.textSlots[Int(field.rawValue)]
      if slot > 0 {
        view[slot].set(borrowed: value)
      } else if field == .type {
        isRegistered = isRegistered || value.elementsEqual("registered".utf8)
      }
    }
    self[.shopperType].set(isRegistered ? "registered" : "guest")
    if !row.hasCoupons { self[.coupon].set("") }
    if let totals = try? row.totalsBasis(settings)?.totals(settings) {
      fill(totals)
    }
    for line in row.lines {
      view.addItem()
      self[line: .id].set(borrowed: line.id)
      self[line: .sku].set(borrowed: line.sku)
      self[line: .name].set(borrowed: line.name)
      self[line: .image].set(borrowed: line.image)
      self[line: .quantity].set(line.quantity)
      if let total = try? line.price.amount(line.quantity, row.currency) {
        set(self[line: .total], total)
      }
    }
  }

  /// What stands behind the last `@`; nil where characters may be made of several scalars.
  private static func domain(_ email: CartRow.Bytes) -> CartRow.Bytes? {
    guard let at = email.lastIndex(of: UInt8(ascii: "@")) else {
      return CartRow.Bytes(start: nil, count: 0)
    }
    let domain = CartRow.Bytes(rebasing: email[(at + 1)...])
    return domain.allSatisfy { $0 < 0x80 } ? domain : nil
  }
}
