import CartModel

/// How carts, lines and products become bytes. Tags are for ever: never change or reuse one.
enum CartCodec {
  /// What has no column of its own in the table of carts.
  static func write(_ cart: Cart, _ writer: inout ByteWriter) {
    for line in cart.lines { writer.group(1) { write(line, &$0) } }
    for entry in cart.shopper.fields where !columns.contains(entry.field) {
      writer.group(2) {
        $0.int(1, Int64(entry.field.rawValue))
        $0.text(2, entry.value)
      }
    }
    for code in cart.coupons { writer.text(3, code) }
    for flag in cart.flags { writer.text(4, flag) }
    if let order = cart.order {
      writer.group(5) { writer in
        writer.text(1, order.id)
        writer.int(2, order.at.milliseconds)
        writer.int(3, order.total.minor)
        writer.int(4, Int64(order.state.rawValue))
        for line in order.lines { writer.group(5) { write(line, &$0) } }
        if let amounts = order.amounts { writer.group(6) { write(amounts, &$0) } }
      }
    }
    if let cause = cart.heldBy {
      writer.group(6) {
        $0.text(1, cause.rule)
        $0.text(2, cause.source)
        $0.text(3, cause.reason)
        $0.text(4, cause.tell)
      }
    }
    for key in cart.pardons { writer.text(7, key) }
    if let claim = cart.claim {
      writer.group(8) {
        $0.text(1, claim.by)
        $0.int(2, claim.until.milliseconds)
      }
    }
    for pause in cart.pauses {
      writer.group(10) {
        $0.int(1, pause.from.milliseconds)
        $0.int(2, pause.length.milliseconds)
      }
    }
    for attribute in cart.attributes {
      writer.group(11) {
        $0.text(1, attribute.name)
        $0.text(2, attribute.value)
      }
    }
    for note in cart.notes {
      writer.group(9) {
        $0.text(1, note.by)
        $0.int(2, note.at.milliseconds)
        $0.text(3, note.text)
      }
    }
  }

  /// Fields of a shopper that stand in columns, so that SQL can filter by them.
  static let columns: [ShopperField] = [.email, .ip, .country, .session, .customer]

  static func read(_ bytes: UnsafeRawBufferPointer, into cart: inout Cart) throws(StoreError) {
    var reader = ByteReader(bytes)
    // Plans hold many carts: no list is longer than what it holds.
    cart.lines.reserveCapacity(try reader.count(of: 1))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: cart.lines.append(try line(field.group))
      case 2:
        let (key, value) = try pair(field.group)
        if let key = ShopperField(rawValue: UInt8(clamping: key)) { cart.shopper[key] = value }
      case 3: cart.coupons.append(field.text)
      case 4: cart.flags.append(field.text)
      case 5: cart.order = try order(field.group, cart.currency)
      case 6: cart.heldBy = try cause(field.group)
      case 7: cart.pardons.append(field.text)
      case 8:
        let said = try remark(field.group)
        cart.claim = Claim(by: said.by, until: said.at)
      case 9:
        let said = try remark(field.group)
        cart.notes.append(Note(at: said.at, by: said.by, text: said.text))
      case 10: cart.pauses.append(try pause(field.group))
      case 11: cart.restore(try attribute(field.group))
      default: break
      }
    }
  }

  private static func attribute(_ reader: ByteReader) throws(StoreError) -> Attribute {
    var (reader, name, value) = (reader, "", "")
    while let (tag, field) = try reader.next() {
      if tag == 1 { name = field.text } else if tag == 2 { value = field.text }
    }
    return Attribute(name: name, value: value)
  }

  private static func pause(_ reader: ByteReader) throws(StoreError) -> Pause {
    var (reader, from, length) = (reader, Int64(0), Int64(0))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: from = field.number
      case 2: length = field.number
      default: break
      }
    }
    let start = Timestamp(milliseconds: from)
    return Pause(from: start, to: start.advanced(by: length))
  }

  private static func remark(_ reader: ByteReader) throws(StoreError)
    -> (by: String, at: Timestamp, text: String)
  {
    var (reader, by, at, text) = (reader, "", Int64(0), "")
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: by = field.text
      case 2: at = field.number
      case 3: text = field.text
      default: break
      }
    }
    return (by, Timestamp(milliseconds: at), text)
  }

  private static func cause(_ reader: ByteReader) throws(StoreError) -> Cause {
    var (reader, cause) = (reader, Cause(rule: "", source: "", reason: ""))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: cause.rule = field.text
      case 2: cause.source = field.text
      case 3: cause.reason = field.text
      case 4: cause.tell = field.text
      default: break
      }
    }
    return cause
  }

  static func write(_ line: Line, _ writer: inout ByteWriter) {
    if line.id != line.sku { writer.text(1, line.id) }
    writer.text(2, line.sku)
    writer.text(3, line.name)
    writer.int(4, line.quantity)
    write(line.price, 5, &writer)
    writer.text(6, line.image)
    write(line.options, 7, &writer)
  }

  private static func write(_ options: [Line.Option], _ tag: UInt8, _ writer: inout ByteWriter) {
    for option in options {
      writer.group(tag) {
        $0.text(1, option.name)
        $0.text(2, option.value)
      }
    }
  }

  private static func option(_ reader: ByteReader) throws(StoreError) -> Line.Option {
    var (reader, option) = (reader, Line.Option(name: "", value: ""))
    while let (tag, field) = try reader.next() {
      if tag == 1 { option.name = field.text } else if tag == 2 { option.value = field.text }
    }
    return option
  }

  static func line(_ reader: ByteReader) throws(StoreError) -> Line {
    var reader = reader
    var line = Line(sku: "", quantity: 1, price: UnitPrice(mantissa: 0, scale: 0))
    var id: String?
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: id = field.text
      case 2: line.sku = field.text
      case 3: line.name = field.text
      case 4: line.quantity = field.number
      case 5: line.price = price(field.number)
      case 6: line.image = field.text
      case 7: line.options.append(try option(field.group))
      default: break
      }
    }
    line.id = id ?? line.sku
    return line
  }

  static func write(_ line: OrderLine, _ writer: inout ByteWriter) {
    writer.text(1, line.sku)
    writer.text(2, line.name)
    writer.int(3, line.quantity)
    write(line.price, 4, &writer)
    write(line.options, 5, &writer)
  }

  static func orderLine(_ reader: ByteReader) throws(StoreError) -> OrderLine {
    var reader = reader
    var line = OrderLine(sku: "", quantity: 1, price: UnitPrice(mantissa: 0, scale: 0))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: line.sku = field.text
      case 2: line.name = field.text
      case 3: line.quantity = field.number
      case 4: line.price = price(field.number)
      case 5: line.options.append(try option(field.group))
      default: break
      }
    }
    return line
  }

  static func write(_ product: Product, _ writer: inout ByteWriter) {
    writer.text(1, product.sku)
    writer.text(2, product.name)
    write(product.price, 3, &writer)
    writer.int(4, Int64(product.currency.number))
    writer.text(5, product.image)
    if let stock = product.stock { writer.int(6, stock) }
    if let time = product.stocked { writer.int(7, time.milliseconds) }
    writer.text(8, product.details.category)
    writer.text(9, product.details.brand)
    if let weight = product.details.weight { write(weight, 10, &writer) }
    if let cost = product.details.cost { write(cost, 11, &writer) }
    for tag in product.details.tags { writer.text(12, tag) }
    write(product.details.attributes, 13, &writer)
    if product.details.isBackordered { writer.int(14, 1) }
  }

  static func product(_ reader: ByteReader) throws(StoreError) -> Product {
    var reader = reader
    var product = Product(sku: "", price: UnitPrice(mantissa: 0, scale: 0), currency: .eur)
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: product.sku = field.text
      case 2: product.name = field.text
      case 3: product.price = price(field.number)
      case 4: product.currency = try currency(field.number)
      case 5: product.image = field.text
      case 6: product.stock = field.number
      case 7: product.stocked = Timestamp(milliseconds: field.number)
      case 8: product.details.category = field.text
      case 9: product.details.brand = field.text
      case 10: product.details.weight = price(field.number)
      case 11: product.details.cost = price(field.number)
      case 12: product.details.tags.append(field.text)
      case 13: product.details.attributes.append(try option(field.group))
      case 14: product.details.isBackordered = field.number == 1
      default: break
      }
    }
    return product
  }

  /// What an order's total is made of.
  static func write(_ amounts: Totals, _ writer: inout ByteWriter) {
    writer.int(1, amounts.subtotal.minor)
    writer.int(2, amounts.discount.minor)
    writer.int(3, amounts.shipping.minor)
    writer.int(4, amounts.tax.minor)
    writer.int(5, amounts.total.minor)
  }

  /// - Parameter zero: an amount of the same currency.
  static func amounts(_ reader: ByteReader, _ zero: Money) throws(StoreError) -> Totals {
    var (reader, minor) = (reader, [UInt8: Int64]())
    while let (tag, field) = try reader.next() { minor[tag] = field.number }
    func amount(_ tag: UInt8) -> Money { Money(minor: minor[tag] ?? 0, zero.currency) }
    return Totals(
      subtotal: amount(1), discount: amount(2), shipping: amount(3), tax: amount(4),
      total: amount(5))
  }

  private static func order(_ reader: ByteReader, _ currency: Currency) throws(StoreError)
    -> Order
  {
    var reader = reader
    var order = Order(
      id: "", at: Timestamp(milliseconds: 0), lines: [], total: .zero(currency), state: .placed)
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: order.id = field.text
      case 2: order.at = Timestamp(milliseconds: field.number)
      case 3: order.total.minor = field.number
      case 4: order.state = Order.State(rawValue: UInt8(clamping: field.number)) ?? .placed
      case 5: order.lines.append(try orderLine(field.group))
      case 6: order.amounts = try amounts(field.group, .zero(currency))
      default: break
      }
    }
    return order
  }

  static func pair(_ reader: ByteReader) throws(StoreError) -> (Int64, String) {
    var reader = reader
    var (key, value) = (Int64(0), "")
    while let (tag, field) = try reader.next() {
      if tag == 1 { key = field.number } else if tag == 2 { value = field.text }
    }
    return (key, value)
  }

  /// A price in one number: mantissa × 16 + scale; its mantissa has at most 59 bits.
  static func write(_ price: UnitPrice, _ tag: UInt8, _ writer: inout ByteWriter) {
    writer.int(tag, price.mantissa << 4 | Int64(price.scale))
  }

  static func price(_ packed: Int64) -> UnitPrice {
    UnitPrice(mantissa: packed >> 4, scale: min(12, Int(packed & 15)))
  }

  static func currency(_ number: Int64) throws(StoreError) -> Currency {
    guard let currency = Currency(number: Int(clamping: number)) else {
      throw StoreError(.corrupt, "event log: unknown currency number \(number)")
    }
    return currency
  }
}
