import CartModel

/// Open carts that were read at once: a copy of their rows, which outlives the read.
public final class CartBlock {
  /// What of a row is a number; the rest stands in `bytes`.
  package struct Head {
    package var key: Int64 = 0
    package var version: Int64 = 0
    package var head: Int64 = 0
    package var created = Timestamp(milliseconds: 0)
    package var updated = Timestamp(milliseconds: 0)
    package var touched = Timestamp(milliseconds: 0)
    package var currency: Int64 = 0
    package var customer: Int64 = 0
    package var quantity: Int64 = 0
    package var subtotal: Int64 = 0
    /// Of the id, e-mail, IP, country and session, and of the body; bytes.
    var lengths: InlineArray<6, Int32> = .init(repeating: 0)

    init() {}

    package init(
      key: Int64, version: Int64, head: Int64, created: Timestamp, updated: Timestamp,
      touched: Timestamp, currency: Int64, customer: Int64, quantity: Int64, subtotal: Int64
    ) {
      (self.key, self.version, self.head) = (key, version, head)
      (self.created, self.updated, self.touched) = (created, updated, touched)
      (self.currency, self.customer) = (currency, customer)
      (self.quantity, self.subtotal) = (quantity, subtotal)
    }
  }

  private var heads: [Head] = []
  private var bytes: [UInt8] = []
  private var row = CartRow()

  public init() {}

  public var count: Int { heads.count }
  /// The key of the last cart; nil without any.
  public var lastKey: Int64? { heads.last?.key }

  package func removeAll() {
    heads.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Adds a cart.
  ///
  /// - Parameter texts: its id, e-mail, IP, country and session, and its body; the lengths in `head` are
  ///   set from them.
  package func add(
    _ head: Head,
    _ texts: (
      CartRow.Bytes, CartRow.Bytes, CartRow.Bytes, CartRow.Bytes, CartRow.Bytes,
      CartRow.Bytes
    )
  ) {
    func length(_ bytes: CartRow.Bytes) -> Int32 { Int32(clamping: bytes.count) }
    var head = head
    head.lengths = [
      length(texts.0), length(texts.1), length(texts.2), length(texts.3), length(texts.4),
      length(texts.5),
    ]
    heads.append(head)
    bytes.append(contentsOf: texts.0)
    bytes.append(contentsOf: texts.1)
    bytes.append(contentsOf: texts.2)
    bytes.append(contentsOf: texts.3)
    bytes.append(contentsOf: texts.4)
    bytes.append(contentsOf: texts.5)
  }

  /// Adds a cart that is in memory.
  package func add(_ cart: Cart) {
    var body = ByteWriter()
    CartCodec.write(cart, &body)
    let columns = [
      Array(cart.id.utf8), Array(cart.shopper[.email].utf8), Array(cart.shopper[.ip].utf8),
      Array(cart.shopper[.country].utf8), Array(cart.shopper[.session].utf8), body.bytes,
    ]
    var head = Head(
      key: cart.key, version: cart.version, head: cart.head, created: cart.created,
      updated: cart.updated, touched: cart.touched, currency: Int64(cart.currency.number),
      customer: cart.shopper.customer, quantity: cart.quantity,
      subtotal: (try? cart.subtotal().minor) ?? 0)
    for (place, column) in columns.enumerated() {
      head.lengths[place] = Int32(clamping: column.count)
      bytes += column
    }
    heads.append(head)
  }

  /// Calls `body` with each row in its order.
  ///
  /// - Throws: what the body throws; `corrupt` for a damaged row.
  public func forEach(_ body: (borrowing CartRow) throws -> Void) throws {
    try bytes.withUnsafeBytes { bytes in
      var start = 0
      for head in heads {
        var length = 0
        for index in head.lengths.indices { length += Int(head.lengths[index]) }
        try row.read(head, CartRow.Bytes(rebasing: bytes[start..<start + length]))
        start += length
        try body(row)
      }
    }
  }
}
