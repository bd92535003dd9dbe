import CartModel

/// How prices, currencies, amounts and pairs become bytes.
package enum ValueCodec {
  /// What an order's total is made of.
  package static func write(_ amounts: Totals, _ writer: inout ByteWriter) {
    writer.int(1, amounts.subtotal.minor)
    writer.int(2, amounts.discount.minor)
    writer.int(3, amounts.shipping.minor)
    writer.int(4, amounts.tax.minor)
    writer.int(5, amounts.total.minor)
    if amounts.handling.minor != 0 { writer.int(6, amounts.handling.minor) }
    if amounts.fees.minor != 0 { writer.int(7, amounts.fees.minor) }
  }

  /// - Parameter zero: an amount of the same currency.
  package static func amounts(_ reader: ByteReader, _ zero: Money) throws(StoreError) -> Totals {
    var (reader, minor) = (reader, [UInt8: Int64]())
    while let (tag, field) = try reader.next() { minor[tag] = field.number }
    func amount(_ tag: UInt8) -> Money { Money(minor: minor[tag] ?? 0, zero.currency) }
    var totals = Totals(
      subtotal: amount(1), discount: amount(2), shipping: amount(3), tax: amount(4),
      total: amount(5))
    (totals.handling, totals.fees) = (amount(6), amount(7))
    return totals
  }

  package static func pair(_ reader: ByteReader) throws(StoreError) -> (Int64, String) {
    var reader = reader
    var (key, value) = (Int64(0), "")
    while let (tag, field) = try reader.next() {
      if tag == 1 { key = field.number } else if tag == 2 { value = field.text }
    }
    return (key, value)
  }

  /// A price in one number: mantissa × 16 + scale; its mantissa has at most 59 bits.
  package static func write(_ price: UnitPrice, _ tag: UInt8, _ writer: inout ByteWriter) {
    writer.int(tag, price.mantissa << 4 | Int64(price.scale))
  }

  package static func price(_ packed: Int64) -> UnitPrice {
    UnitPrice(mantissa: packed >> 4, scale: min(12, Int(packed & 15)))
  }

  package static func currency(_ number: Int64) throws(StoreError) -> Currency {
    guard let currency = Currency(number: Int(clamping: number)) else {
      throw StoreError(.corrupt, "event log: unknown currency number \(number)")
    }
    return currency
  }
}
