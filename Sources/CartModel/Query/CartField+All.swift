/// The fields of a cart.
///
/// One more is one more declaration here; one that is stored of the shopper is one more
/// `ShopperField`, too.
extension CartField {
  /// In the order in which help lists them and files write them.
  public static let all: [CartField] =
    [id, status, created, updated, idle, version, currency, lines, quantity]
    + [session, ip, country, browser, email, name, phone, company, group]
    + [domain, customer, shopperType]
    + [sku, product, coupon]
    + [subtotal, discount, shipping, handling, fees, tax, total]
    + [order, orderStatus, orderTotal]
    + [flags, pending, claimedBy, notes]
    + [storefront, storeID, channel, origin, asOf, reported]

  // MARK: The cart

  public static let id = CartField("id", .text, traits: .imported, "The id that users see.") {
    cart, _, _ in .text(cart.id)
  }
  public static let status = CartField(
    "status", .status, traits: [.clocked, .imported],
    export: .stored { .text($0.state.description) },
    "active, abandoned, expired, ordered, deleted, held or merged; any for all."
  ) { cart, context, _ in .status(cart.status(at: context.now, context.settings)) }
  public static let created = CartField("created", .time, traits: .imported, "When it was created.")
  {
    cart, _, _ in .time(cart.created)
  }
  public static let updated = CartField(
    "updated", .time, traits: .imported, "When it last changed."
  ) {
    cart, _, _ in .time(cart.updated)
  }
  public static let idle = CartField(
    "idle", .span, traits: .clocked, export: .none, "How long ago the shopper last did something."
  ) { cart, context, _ in .span(cart.idle(at: context.now).milliseconds) }
  public static let version = number("version", "Counts its changes.") { $0.version }
  public static let currency = CartField("currency", .currency, traits: .imported, "ISO 4217.") {
    cart, _, _ in .text(cart.currency.code)
  }
  public static let lines = number("lines", "How many lines it has.") { Int64($0.lines.count) }
  public static let quantity = number("quantity", "Pieces over all lines.") { $0.quantity }

  // MARK: The shopper

  public static let email = shopper(
    .email, .email, page: .shopper("E-mail"), "The shopper's e-mail.")
  public static let domain = CartField(
    "domain", .text, "What stands behind the @ of the e-mail."
  ) { cart, _, _ in .text(cart.shopper.domain) }
  public static let name = shopper(.name, .text, page: .shopper("Name"), "The shopper's name.")
  public static let phone = shopper(
    .phone, .text, page: .shopper("Phone"), "The shopper's phone number.")
  public static let company = shopper(
    .company, .text, page: .shopper("Company"), "The shopper's company.")
  public static let group = shopper(
    .group, .text, page: .shopper("Group"), "The shopper's customer group.")
  public static let customer = CartField(
    "customer_id", aliases: ["customer"], .number, traits: .optional, page: .shopper("Customer"),
    stored: .customer, "The store's number of the customer, or 0."
  ) { cart, _, _ in .number(cart.shopper.customer) }
  public static let shopperType = CartField(
    "shopper_type", aliases: ["type"], .choice(["guest", "registered"]),
    page: .always("User type"), stored: .type, "guest or registered."
  ) { cart, _, _ in .text(cart.shopper.isRegistered ? "registered" : "guest") }
  public static let session = shopper(
    .session, .text, page: .always("Session ID"), "The shopper's session.")
  public static let ip = shopper(.ip, .address, page: .always("IP"), "The shopper's IP address.")
  public static let country = shopper(
    .country, .country, page: .always("Country"), "The shopper's country, ISO 3166-1.")
  public static let browser = shopper(
    .browser, .text, page: .always("Browser"), "The shopper's browser.")

  // MARK: What is in it

  public static let sku = CartField(
    "sku", .text, traits: [.ofLines, .many], export: .asked, "The SKU of any line."
  ) { cart, _, _ in .texts(cart.lines.map(\.sku)) }
  public static let product = CartField(
    "product", .title, traits: [.ofLines, .many], export: .asked, "The product's name of any line."
  ) { cart, _, _ in .texts(cart.lines.map(\.name)) }
  public static let coupon = CartField(
    "coupon", aliases: ["coupons"], .text, traits: [.many, .imported],
    export: .value(column: "coupons"),
    "Any of its coupon codes."
  ) { cart, _, _ in .texts(cart.coupons) }
  public static let flags = CartField(
    "flags", aliases: ["flag"], .text, traits: .many, page: .cart("Flagged by"),
    "Any of the rules that flagged it."
  ) { cart, _, _ in .texts(cart.flags) }

  // MARK: Amounts

  public static let subtotal = CartField("subtotal", .amount, "The sum of its lines.") {
    cart, _, totals in .amount(totals?.subtotal ?? (try? cart.subtotal()))
  }
  public static let discount = amount("discount", "What coupons take off.") { $0.discount }
  public static let shipping = amount("shipping", "What shipping costs.") { $0.shipping }
  public static let handling = amount(
    "handling", "What a store takes for handling; 0 for a cart of this program."
  ) { $0.handling }
  public static let fees = amount(
    "fees", "Other fees of a store; 0 for a cart of this program."
  ) { $0.fees }
  public static let tax = amount("tax", "Its tax.") { $0.tax }
  public static let total = amount(
    "total", "What it comes to; of an ordered cart, what its order does."
  ) { $0.total }

  // MARK: Its order

  public static let order = CartField(
    "order_id", aliases: ["order"], .text, "The number of the order that it became."
  ) { cart, _, _ in .text(cart.order?.id ?? "") }
  public static let orderStatus = CartField(
    "order_status", .choice(["placed", "paid", "cancelled", "refunded"]),
    "placed, paid, cancelled or refunded; empty without an order."
  ) { cart, _, _ in .text(cart.order?.state.description ?? "") }
  public static let orderTotal = CartField(
    "order_total", .amount, traits: .optional, "What the order came to."
  ) { cart, _, _ in .amount(cart.order?.total) }

  // MARK: Staff

  public static let claimedBy = CartField(
    "claimed_by", .text, traits: .clocked, export: .none, "Who has claimed it, as staff:anna."
  ) { cart, context, _ in .text(cart.claim(at: context.now)?.by ?? "") }
  public static let notes = CartField(
    "notes", .text, traits: [.personal, .many], export: .asked,
    "Any of the notes that staff wrote about it."
  ) { cart, _, _ in .texts(cart.notes.map(\.text)) }
  public static let pending = CartField(
    "pending", .flag, "true until the store has answered a change."
  ) { cart, _, _ in .flag(cart.isPending) }

  // MARK: Its store

  public static let storefront = CartField(
    "storefront", .text,
    "The connected store that owns it, as bigcommerce; local for a cart of this program."
  ) { cart, _, _ in .text(cart.binding?.storefront ?? "local") }
  public static let storeID = CartField(
    "store_id", .text, "The id that its store knows it by; empty for a cart of this program."
  ) { cart, _, _ in .text(cart.binding?.storeID ?? "") }
  public static let channel = CartField(
    "channel", .number, traits: .optional,
    "The store's number of its sales channel, or 0."
  ) { cart, _, _ in .number(cart.binding?.channel ?? 0) }
  public static let origin = CartField(
    "origin", .choice(Binding.Origin.allCases.map(\.rawValue)),
    "Who made a store's cart: shopper, cartio or unknown; empty for a cart of this program."
  ) { cart, _, _ in .text(cart.binding?.origin.rawValue ?? "") }

  public static let asOf = CartField(
    "as_of", .time, traits: .optional, export: .none,
    "When its store was last seen to have it so; unknown for a cart of this program."
  ) { cart, _, _ in cart.asOf.map { .time($0) } ?? .text("") }

  public static let reported = CartField(
    "reported", .choice(ShopperField.reported.map(\.key)), traits: .many, export: .asked,
    "Which of the shopper's facts only a script on the storefront reported."
  ) { cart, _, _ in .texts(cart.reported.map(\.key)) }

  // MARK: Kinds of declarations

  private static func number(
    _ name: String, _ about: String, _ read: @escaping @Sendable (Cart) -> Int64
  ) -> CartField {
    CartField(name, .number, about) { cart, _, _ in .number(read(cart)) }
  }

  private static func amount(
    _ name: String, _ about: String, _ read: @escaping @Sendable (Totals) -> Money
  ) -> CartField {
    CartField(name, .amount, traits: .priced, about) { _, _, totals in .amount(totals.map(read)) }
  }

  /// A text that is stored of the shopper, under the key of events.
  private static func shopper(
    _ field: ShopperField, _ kind: Kind, page: Page, _ about: String
  ) -> CartField {
    CartField(
      field.key, kind, traits: field.isPersonal ? .personal : [], page: page, stored: field, about
    ) { cart, _, _ in .text(cart.shopper[field]) }
  }
}
