import CartModel

/// How carts become bytes. Tags are for ever: never change or reuse one.
package enum CartCodec {
  /// What has no column of its own in the table of carts.
  package static func write(_ cart: Cart, _ writer: inout ByteWriter) {
    for line in cart.lines { writer.group(1) { LineCodec.write(line, &$0) } }
    for entry in cart.shopper.fields where !columns.contains(entry.field) {
      writer.group(shopperTag) {
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
        for line in order.lines { writer.group(5) { LineCodec.write(line, &$0) } }
        if let amounts = order.amounts { writer.group(6) { ValueCodec.write(amounts, &$0) } }
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
    if cart.hasStoreSide { writeStoreSide(cart, &writer) }
  }

  /// What is known of a cart that lives in a connected store.
  private static func writeStoreSide(_ cart: Cart, _ writer: inout ByteWriter) {
    if let binding = cart.binding { writer.group(12) { EventCodec.write(members: binding, &$0) } }
    writer.text(13, cart.mergedInto)
    if let stated = cart.stated { writer.group(14) { EventCodec.write(members: stated, &$0) } }
    for base in cart.statedBases {
      writer.group(15) {
        $0.text(1, base.line)
        $0.int(2, base.minor)
      }
    }
    for version in cart.waiting { writer.int(16, version) }
    for field in cart.reported { writer.int(17, Int64(field.rawValue)) }
  }

  /// Each field of the shopper that has no column.
  package static let shopperTag: UInt8 = 2

  /// Fields of a shopper that stand in columns, so that SQL can filter by them.
  package static let columns: [ShopperField] = [.email, .ip, .country, .session, .customer]

  package static func read(_ bytes: UnsafeRawBufferPointer, into cart: inout Cart)
    throws(StoreError)
  {
    var reader = ByteReader(bytes)
    // Plans hold many carts: no list is longer than what it holds.
    cart.lines.reserveCapacity(try reader.count(of: 1))
    var (stated, bases, waiting) = (StatedTotals?.none, [LineBase](), [Int64]())
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: cart.lines.append(try LineCodec.line(field.group))
      case shopperTag:
        let (key, value) = try ValueCodec.pair(field.group)
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
      case 12: cart.binding = try EventCodec.members(field.group)
      case 13: cart.mergedInto = field.text
      case 14: stated = try EventCodec.members(field.group)
      case 15: bases.append(try lineBase(field.group))
      case 16: waiting.append(field.number)
      case 17:
        if let field = ShopperField(rawValue: UInt8(clamping: field.number)) {
          cart.reported.append(field)
        }
      default: break
      }
    }
    if stated != nil || !waiting.isEmpty {
      cart.restore(stated: stated, bases: bases, waiting: waiting)
    }
  }

  private static func lineBase(_ reader: ByteReader) throws(StoreError) -> LineBase {
    var (reader, base) = (reader, LineBase(line: "", minor: 0))
    while let (tag, field) = try reader.next() {
      if tag == 1 { base.line = field.text } else if tag == 2 { base.minor = field.number }
    }
    return base
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
      case 5: order.lines.append(try LineCodec.orderLine(field.group))
      case 6: order.amounts = try ValueCodec.amounts(field.group, .zero(currency))
      default: break
      }
    }
    return order
  }
}
