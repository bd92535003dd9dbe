import CartModel

/// One stored cart as its bytes are, for passes over all of them: nothing of it is copied.
///
/// Valid within the call that lends it.
public struct CartRow {
  public typealias Bytes = UnsafeRawBufferPointer

  public private(set) var key: Int64 = 0
  public private(set) var version: Int64 = 0
  public private(set) var head: Int64 = 0
  public private(set) var created = Timestamp(milliseconds: 0)
  public private(set) var updated = Timestamp(milliseconds: 0)
  public private(set) var touched = Timestamp(milliseconds: 0)
  public private(set) var currency = Currency.eur
  public private(set) var customer: Int64 = 0
  /// Pieces over all lines.
  public private(set) var quantity: Int64 = 0
  /// Minor units.
  public private(set) var subtotal: Int64 = 0
  public private(set) var id = Bytes(start: nil, count: 0)
  public private(set) var email = Bytes(start: nil, count: 0)
  public private(set) var ip = Bytes(start: nil, count: 0)
  public private(set) var country = Bytes(start: nil, count: 0)
  public private(set) var session = Bytes(start: nil, count: 0)
  public private(set) var lines: [Line] = []
  /// Fields of the shopper beside those above.
  public private(set) var fields: [(field: ShopperField, value: Bytes)] = []
  public private(set) var hasCoupons = false
  /// Causes that it was restored from.
  public private(set) var pardons: [Bytes] = []

  public struct Line {
    public var id = Bytes(start: nil, count: 0)
    public var sku = Bytes(start: nil, count: 0)
    public var name = Bytes(start: nil, count: 0)
    public var image = Bytes(start: nil, count: 0)
    public var quantity: Int64 = 1
    public var price = UnitPrice(mantissa: 0, scale: 0)
  }

  init() {}

  /// A field of the shopper; empty for none.
  public func text(of field: ShopperField) -> String {
    switch field {
    case .email: String(decoding: email, as: UTF8.self)
    case .ip: String(decoding: ip, as: UTF8.self)
    case .country: String(decoding: country, as: UTF8.self)
    case .session: String(decoding: session, as: UTF8.self)
    case .customer: customer == 0 ? "" : String(customer)
    default:
      fields.first { $0.field == field }.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
    }
  }

  /// Where it goes, as `Shopper.destination`.
  public var destination: Destination {
    let shipping = text(of: .shippingCountry)
    if !shipping.isEmpty {
      return Destination(country: shipping, region: text(of: .shippingState))
    }
    let billing = text(of: .billingCountry)
    if !billing.isEmpty { return Destination(country: billing, region: text(of: .billingState)) }
    return Destination(country: text(of: .country))
  }

  /// Fields of the shopper that are not among `fields`.
  public static let shopperColumns = CartCodec.columns
  static let columns = Statements.cartColumns + ", quantity, subtotal"

  /// Reads a row that has these columns.
  fileprivate mutating func read(_ row: Statement) throws(StoreError) {
    (key, version, head) = (row.int(0), row.int(3), row.int(4))
    created = Timestamp(milliseconds: row.int(5))
    updated = Timestamp(milliseconds: row.int(6))
    touched = Timestamp(milliseconds: row.int(7))
    let number = row.int(8)
    if currency.number != number { currency = try CartCodec.currency(number) }
    (id, email, ip) = (row.bytes(1), row.bytes(9), row.bytes(10))
    (country, session) = (row.bytes(11), row.bytes(12))
    customer = row.int(13)
    (quantity, subtotal) = (row.int(15), row.int(16))
    lines.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    pardons.removeAll(keepingCapacity: true)
    hasCoupons = false
    var reader = ByteReader(row.bytes(14))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: lines.append(try Self.line(field.group))
      case 2:
        var (group, key, value) = (field.group, Int64(0), Bytes(start: nil, count: 0))
        while let (tag, field) = try group.next() {
          if tag == 1 { key = field.number } else if tag == 2 { value = field.blob }
        }
        if let key = ShopperField(rawValue: UInt8(clamping: key)) { fields.append((key, value)) }
      case 3: hasCoupons = true
      case 7: pardons.append(field.blob)
      default: break
      }
    }
  }

  private static func line(_ reader: ByteReader) throws(StoreError) -> Line {
    var (reader, line, hasID) = (reader, Line(), false)
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1:
        line.id = field.blob
        hasID = true
      case 2: line.sku = field.blob
      case 3: line.name = field.blob
      case 4: line.quantity = field.number
      case 5: line.price = CartCodec.price(field.number)
      case 6: line.image = field.blob
      default: break
      }
    }
    if !hasID { line.id = line.sku }
    return line
  }
}

extension CartStore {
  /// Calls `body` with open carts in the order of their keys.
  ///
  /// - Parameters:
  ///   - after: the key of the last one that was seen.
  ///   - touched: carts whose shopper did something then or later.
  ///   - most: how many at a time; what follows from them can be written in between.
  /// - Returns: the key of the last; nil where there were none.
  public func forEachOpenRow(
    after key: Int64, touched time: Timestamp, most: Int, _ body: (borrowing CartRow) throws -> Void
  ) throws -> Int64? {
    var (last, row) = (Int64?.none, CartRow())
    try snapshot { statements in
      let rows = try statements.fresh(
        "SELECT \(CartRow.columns) FROM cart WHERE id > ? AND state = 0 AND touched >= ? "
          + "ORDER BY id LIMIT ?")
      rows.bind(1, key)
      rows.bind(2, time.milliseconds)
      rows.bind(3, Int64(most))
      while try rows.step() {
        try row.read(rows)
        last = row.key
        try body(row)
      }
    }
    return last
  }
}
