/// A permission that a token needs, and what for.
public enum StoreScope: String, CaseIterable, Sendable {
  case carts = "store_cart_read_only"
  case checkouts = "store_checkout_read_only"
  case orders = "store_v2_orders_read_only"
  case customers = "store_v2_customers_read_only"
  case products = "store_v2_products_read_only"
  case information = "store_v2_information_read_only"
  case content = "store_v2_content"
  case channels = "store_channel_settings_read_only"

  /// As the control panel calls it.
  public var label: String {
    switch self {
    case .carts: "Carts (read-only)"
    case .checkouts: "Checkouts (read-only)"
    case .orders: "Orders (read-only)"
    case .customers: "Customers (read-only)"
    case .products: "Products (read-only)"
    case .information: "Information & settings (read-only)"
    case .content: "Content (modify)"
    case .channels: "Channel settings (read-only)"
    }
  }

  /// What stays away without it.
  public var purpose: String {
    switch self {
    case .carts: "carts"
    case .checkouts: "carts with their totals, addresses and shipping"
    case .orders: "orders, payments and refunds, and what became of a cart"
    case .customers: "customers' names and groups"
    case .products: "products, prices and stock"
    case .information: "the store's currency, time zone and own reminder mails"
    case .content: "the script that reports IP, country and browser of a cart"
    case .channels: "the names of sales channels"
    }
  }

  /// Whether nothing works without it.
  public var isRequired: Bool { self == .checkouts || self == .orders || self == .information }

  /// The one that a request needs; nil for one that every token may make.
  init?(of call: StoreCall) {
    switch call.family {
    case "carts": self = .carts
    case "checkouts": self = .checkouts
    case "orders": self = .orders
    case "customers": self = .customers
    case "catalog": self = .products
    case "content": self = .content
    case "channels": self = .channels
    case "store", "currencies", "abandoned-carts", "time": self = .information
    default: return nil
    }
  }
}
