import CartModel

/// One stored open cart as its bytes are, for passes over all of them.
///
/// Its bytes are the block's: valid within the call that lends the row.
public struct CartRow {
  public typealias Bytes = UnsafeRawBufferPointer

  private var columns = CartBlock.Head()
  private var texts = Texts()
  public private(set) var currency = Currency.eur
  public private(set) var lines: [Line] = []
  /// Fields of the shopper beside those that are columns.
  public private(set) var fields: [(field: ShopperField, value: Bytes)] = []
  public private(set) var hasCoupons = false
  /// Whether a store states its figures, which stand in the cart as a whole.
  public private(set) var isOfStore = false
  private var body = Bytes(start: nil, count: 0)
  /// Causes that it was restored from.
  public private(set) var pardons: [Bytes] = []

  /// The columns that are texts, in the order in which a block has them.
  private struct Texts {
    var id = Bytes(start: nil, count: 0)
    var email = Bytes(start: nil, count: 0)
    var ip = Bytes(start: nil, count: 0)
    var country = Bytes(start: nil, count: 0)
    var session = Bytes(start: nil, count: 0)
  }

  public var key: Int64 { columns.key }
  public var version: Int64 { columns.version }
  public var head: Int64 { columns.head }
  public var created: Timestamp { columns.created }
  public var updated: Timestamp { columns.updated }
  public var touched: Timestamp { columns.touched }
  public var customer: Int64 { columns.customer }
  /// Pieces over all lines.
  public var quantity: Int64 { columns.quantity }
  /// Minor units.
  public var subtotal: Int64 { columns.subtotal }
  public var id: Bytes { texts.id }
  public var email: Bytes { texts.email }
  public var ip: Bytes { texts.ip }
  public var country: Bytes { texts.country }
  public var session: Bytes { texts.session }

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

  /// What its totals follow from; nil where only the cart as a whole can tell.
  public func totalsBasis(_ settings: StoreSettings) -> TotalsBasis? {
    // A sum that was beyond all amounts is stored as 0.
    guard !hasCoupons, !isOfStore, subtotal != 0 || lines.isEmpty else { return nil }
    return .plain(
      Money(minor: subtotal, currency), isEmpty: lines.isEmpty,
      to: settings.hasDestinations ? destination : Destination())
  }

  /// Fields of the shopper that are not among `fields`.
  public static let shopperColumns = CartCodec.columns

  /// Reads a row of a block.
  ///
  /// - Parameter bytes: the row's texts one after the other, then the body.
  mutating func read(_ head: CartBlock.Head, _ bytes: Bytes) throws(StoreError) {
    columns = head
    if currency.number != head.currency { currency = try ValueCodec.currency(head.currency) }
    var start = 0
    func next(_ length: Int32) -> Bytes {
      defer { start += Int(length) }
      return Bytes(rebasing: bytes[start..<start + Int(length)])
    }
    texts.id = next(head.lengths[0])
    texts.email = next(head.lengths[1])
    texts.ip = next(head.lengths[2])
    texts.country = next(head.lengths[3])
    texts.session = next(head.lengths[4])
    body = next(head.lengths[5])
    lines.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    pardons.removeAll(keepingCapacity: true)
    (hasCoupons, isOfStore) = (false, false)
    var reader = ByteReader(body)
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
      case 12, 14: isOfStore = true
      default: break
      }
    }
  }

  /// The cart as a whole.
  ///
  /// - Throws: `corrupt` where its body is damaged.
  public func cart() throws(StoreError) -> Cart {
    var cart = Cart(
      key: key, id: String(decoding: id, as: UTF8.self), currency: currency, at: created)
    (cart.version, cart.head) = (version, head)
    (cart.updated, cart.touched) = (updated, touched)
    for field in Self.shopperColumns { cart.shopper[field] = text(of: field) }
    try CartCodec.read(body, into: &cart)
    return cart
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
      case 5: line.price = ValueCodec.price(field.number)
      case 6: line.image = field.blob
      default: break
      }
    }
    if !hasID { line.id = line.sku }
    return line
  }
}
