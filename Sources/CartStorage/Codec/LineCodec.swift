import CartModel

/// How lines of carts and of orders become bytes. Tags are for ever: never change or reuse one.
package enum LineCodec {
  package static func write(_ line: Line, _ writer: inout ByteWriter) {
    if line.id != line.sku { writer.text(1, line.id) }
    writer.text(2, line.sku)
    writer.text(3, line.name)
    writer.int(4, line.quantity)
    ValueCodec.write(line.price, 5, &writer)
    writer.text(6, line.image)
    write(line.options, 7, &writer)
    if line.hasFacts { writer.group(8) { EventCodec.write(members: line.facts, &$0) } }
  }

  package static func write(_ options: [Line.Option], _ tag: UInt8, _ writer: inout ByteWriter) {
    for option in options {
      writer.group(tag) {
        $0.text(1, option.name)
        $0.text(2, option.value)
      }
    }
  }

  package static func option(_ reader: ByteReader) throws(StoreError) -> Line.Option {
    var (reader, option) = (reader, Line.Option(name: "", value: ""))
    while let (tag, field) = try reader.next() {
      if tag == 1 { option.name = field.text } else if tag == 2 { option.value = field.text }
    }
    return option
  }

  package static func line(_ reader: ByteReader) throws(StoreError) -> Line {
    var reader = reader
    var line = Line(sku: "", quantity: 1, price: UnitPrice(mantissa: 0, scale: 0))
    var id: String?
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: id = field.text
      case 2: line.sku = field.text
      case 3: line.name = field.text
      case 4: line.quantity = field.number
      case 5: line.price = ValueCodec.price(field.number)
      case 6: line.image = field.text
      case 7: line.options.append(try option(field.group))
      case 8: line.facts = try EventCodec.members(field.group)
      default: break
      }
    }
    line.id = id ?? line.sku
    return line
  }

  package static func write(_ line: OrderLine, _ writer: inout ByteWriter) {
    writer.text(1, line.sku)
    writer.text(2, line.name)
    writer.int(3, line.quantity)
    ValueCodec.write(line.price, 4, &writer)
    write(line.options, 5, &writer)
  }

  package static func orderLine(_ reader: ByteReader) throws(StoreError) -> OrderLine {
    var reader = reader
    var line = OrderLine(sku: "", quantity: 1, price: UnitPrice(mantissa: 0, scale: 0))
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: line.sku = field.text
      case 2: line.name = field.text
      case 3: line.quantity = field.number
      case 4: line.price = ValueCodec.price(field.number)
      case 5: line.options.append(try option(field.group))
      default: break
      }
    }
    return line
  }
}
