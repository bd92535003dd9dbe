/// The fields of a cart. One more is one more declaration here, where it is stored, and its codec.
extension CartField {
  /// In the order in which help lists them.
  public static let all: [CartField] =
    [id, status, created, updated, idle, version, currency, lines, quantity]
    + [session, ip, country, browser, email, name, phone, company, group]
    + [domain, customer, shopperType]
    + [sku, product, coupon]
    + [subtotal, discount, shipping, tax, total]
    + [order, orderStatus, orderTotal]
    + [flags, pending, claimedBy, notes]

  // MARK: The cart

  public static let id = text("id", "The id that users see.") { $0.id }
  public static let status = CartField(
    "status", .status, "active, abandoned, expired, ordered, deleted or held; any for all."
  ) { cart, context, _ in .status(cart.status(at: context.now, context.settings)) }
  public static let created = CartField("created", .time, "When it was created.") { cart, _, _ in
    .time(cart.created)
  }
  public static let updated = CartField("updated", .time, "When it last changed.") { cart, _, _ in
    .time(cart.updated)
  }
  public static let idle = CartField(
    "idle", .span, "How long ago the shopper last did something."
  ) { cart, context, _ in .span(cart.idle(at: context.now).milliseconds) }
  public static let version = number("version", "Counts its changes.") { $0.version }
  public static let currency = CartField("currency", .currency, "ISO 4217.") { cart, _, _ in
    .text(cart.currency.code)
  }
  public static let lines = number("lines", "How many lines it has.") { Int64($0.lines.count) }
  public static let quantity = number("quantity", "Pieces over all lines.") { $0.quantity }

  // MARK: The shopper

  public static let email = shopper(.email, .email, "The shopper's e-mail.")
  public static let domain = CartField(
    "domain", .text, "What stands behind the @ of the e-mail."
  ) { cart, _, _ in .text(cart.shopper.domain) }
  public static let name = shopper(.name, .text, "The shopper's name.")
  public static let phone = shopper(.phone, .text, "The shopper's phone number.")
  public static let company = shopper(.company, .text, "The shopper's company.")
  public static let group = shopper(.group, .text, "The shopper's customer group.")
  public static let customer = CartField(
    "customer_id", aliases: ["customer"], .number, isOptional: true,
    "The store's number of the customer, or 0."
  ) { cart, _, _ in .number(cart.shopper.customer) }
  public static let shopperType = CartField(
    "shopper_type", aliases: ["type"], .choice(["guest", "registered"]), "guest or registered."
  ) { cart, _, _ in .text(cart.shopper.isRegistered ? "registered" : "guest") }
  public static let session = shopper(.session, .text, "The shopper's session.")
  public static let ip = shopper(.ip, .address, "The shopper's IP address.")
  public static let country = shopper(.country, .country, "The shopper's country, ISO 3166-1.")
  public static let browser = shopper(.browser, .text, "The shopper's browser.")

  // MARK: What is in it

  public static let sku = CartField("sku", .text, "The SKU of any line.") { cart, _, _ in
    .texts(cart.lines.map(\.sku))
  }
  public static let product = CartField(
    "product", .title, "The product's name of any line."
  ) { cart, _, _ in .texts(cart.lines.map(\.name)) }
  public static let coupon = CartField(
    "coupon", aliases: ["coupons"], .text, "Any of its coupon codes."
  ) { cart, _, _ in .texts(cart.coupons) }
  public static let flags = CartField(
    "flags", aliases: ["flag"], .text, "Any of the rules that flagged it."
  ) { cart, _, _ in .texts(cart.flags) }

  // MARK: Amounts

  public static let subtotal = CartField("subtotal", .amount, "The sum of its lines.") {
    cart, _, totals in .amount(totals?.subtotal ?? (try? cart.subtotal()))
  }
  public static let discount = amount("discount", "What coupons take off.") { $0.discount }
  public static let shipping = amount("shipping", "What shipping costs.") { $0.shipping }
  public static let tax = amount("tax", "Its tax.") { $0.tax }
  public static let total = amount("total", "What it comes to.") { $0.total }

  // MARK: Its order

  public static let order = CartField(
    "order_id", aliases: ["order"], .text, "The number of the order that it became."
  ) { cart, _, _ in .text(cart.order?.id ?? "") }
  public static let orderStatus = CartField(
    "order_status", .choice(["placed", "paid", "cancelled", "refunded"]),
    "placed, paid, cancelled or refunded; empty without an order."
  ) { cart, _, _ in .text(cart.order?.state.description ?? "") }
  public static let orderTotal = CartField(
    "order_total", .amount, isOptional: true, "What the order came to."
  ) { cart, _, _ in .amount(cart.order?.total) }

  // MARK: Staff

  public static let claimedBy = CartField(
    "claimed_by", .text, "Who has claimed it, as staff:anna."
  ) { cart, context, _ in .text(cart.claim(at: context.now)?.by ?? "") }
  public static let notes = CartField(
    "notes", .text, isPersonal: true, "Any of the notes that staff wrote about it."
  ) { cart, _, _ in .texts(cart.notes.map(\.text)) }
  public static let pending = CartField(
    "pending", .flag, "true until the store has answered a change."
  ) { _, _, _ in .flag(false) }

  // MARK: Kinds of declarations

  private static func text(
    _ name: String, _ about: String, _ read: @escaping @Sendable (Cart) -> String
  ) -> CartField {
    CartField(name, .text, about) { cart, _, _ in .text(read(cart)) }
  }

  private static func number(
    _ name: String, _ about: String, _ read: @escaping @Sendable (Cart) -> Int64
  ) -> CartField {
    CartField(name, .number, about) { cart, _, _ in .number(read(cart)) }
  }

  private static func amount(
    _ name: String, _ about: String, _ read: @escaping @Sendable (Totals) -> Money
  ) -> CartField {
    CartField(name, .amount, isPriced: true, about) { _, _, totals in .amount(totals.map(read)) }
  }

  private static func shopper(_ field: ShopperField, _ kind: Kind, _ about: String) -> CartField {
    CartField(field.key, kind, isPersonal: field.isPersonal, about) { cart, _, _ in
      .text(cart.shopper[field])
    }
  }
}
