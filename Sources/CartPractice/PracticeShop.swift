import CartEngine
import CartModel

/// What the practice shop sells, where its shoppers come from and how they browse. All made up.
enum PracticeShop {
  struct Ware {
    let sku: String
    let name: String
    let price: String
    /// How often it is picked, against the others.
    let weight: Int
  }

  static let wares: [Ware] = [
    Ware(sku: "MUG-01", name: "Mug, white", price: "12.99", weight: 12),
    Ware(sku: "MUG-02", name: "Mug, cobalt blue", price: "13.99", weight: 9),
    Ware(sku: "MUG-XL", name: "Mug, half a litre", price: "17.50", weight: 4),
    Ware(sku: "TEA-GREEN", name: "Green tea, 100 g", price: "8.40", weight: 14),
    Ware(sku: "TEA-BLACK", name: "Assam, 100 g", price: "7.90", weight: 13),
    Ware(sku: "TEA-MINT", name: "Peppermint, 50 g", price: "4.20", weight: 8),
    Ware(sku: "TEA-SET", name: "Tasting set, 6 × 25 g", price: "24.00", weight: 6),
    Ware(sku: "POT-1L", name: "Teapot, 1 l", price: "39.00", weight: 5),
    Ware(sku: "POT-IRON", name: "Cast-iron teapot, 0.8 l", price: "89.00", weight: 2),
    Ware(sku: "KETTLE-T", name: "Kettle with thermometer", price: "64.50", weight: 3),
    Ware(sku: "FILTER-100", name: "Tea filters, 100 pieces", price: "3.95", weight: 10),
    Ware(sku: "SPOON-M", name: "Measuring spoon", price: "5.50", weight: 5),
    Ware(sku: "HONEY-250", name: "Lime blossom honey, 250 g", price: "6.80", weight: 7),
    Ware(sku: "BISCUIT-S", name: "Shortbread, 200 g", price: "4.90", weight: 9),
    Ware(sku: "TRAY-OAK", name: "Serving tray, oak", price: "34.90", weight: 2),
    Ware(sku: "CUP-S4", name: "Cups, set of 4", price: "28.00", weight: 4),
    Ware(sku: "GIFT-BOX", name: "Gift box with ribbon", price: "3.50", weight: 5),
    Ware(sku: "CHASEN", name: "Matcha whisk", price: "15.80", weight: 3),
    Ware(sku: "MATCHA-30", name: "Matcha, 30 g", price: "22.50", weight: 5),
    Ware(sku: "SAMPLE-1", name: "Single tea bag", price: "0.1875", weight: 2),
  ]

  static let countries: [(code: String, weight: Int, network: String)] = [
    ("DE", 42, "198.51.100"), ("AT", 12, "203.0.113"), ("FR", 14, "192.0.2"),
    ("NL", 9, "198.51.101"), ("PL", 8, "203.0.114"), ("IT", 8, "192.0.3"), ("US", 7, "198.18.7"),
  ]

  static let firstNames = [
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jan", "Klara",
    "Luca", "Marta", "Noah", "Olga", "Paul", "Rosa", "Sami", "Tilda", "Yusuf", "Zoé",
  ]
  static let lastNames = [
    "Albrecht", "Bauer", "Costa", "Dubois", "Ek", "Fischer", "García", "Huber", "Ivanova",
    "Jansen", "Kowalski", "Lindner", "Moreau", "Novak", "Öztürk", "Petit", "Rossi", "Schmidt",
    "Tanaka", "Vogel", "Weiß",
  ]
  static let browsers = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
  ]

  static let bots = [
    "python-requests/2.32.3", "Mozilla/5.0 (compatible; PriceBot/2.1; +https://bot.example)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36",
  ]

  static var settings: StoreSettings {
    var settings = StoreSettings()
    settings.name = "Practice"
    settings.currency = .eur
    settings.timezone = "Europe/Berlin"
    settings.tax.rate = Percent(millionths: 19_000_000)
    settings.shipping.fee = 490
    settings.shipping.freeFrom = 6000
    settings.coupons = [
      Coupon(code: "FREESHIP", kind: .freeShipping),
      Coupon(code: "SAVE10", kind: .percent(Percent(millionths: 10_000_000)), minimum: 2500),
      Coupon(code: "TEA5", kind: .fixed(500), minimum: 2000, skus: ["TEA-*", "MATCHA-*"]),
    ]
    return settings
  }
}
