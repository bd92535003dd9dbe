import CartModel

/// How products become bytes. Tags are for ever: never change or reuse one.
package enum ProductCodec {
  package static func write(_ product: Product, _ writer: inout ByteWriter) {
    writer.text(1, product.sku)
    writer.text(2, product.name)
    ValueCodec.write(product.price, 3, &writer)
    writer.int(4, Int64(product.currency.number))
    writer.text(5, product.image)
    if let stock = product.stock { writer.int(6, stock) }
    if let time = product.stocked { writer.int(7, time.milliseconds) }
    writer.text(8, product.details.category)
    writer.text(9, product.details.brand)
    if let weight = product.details.weight { ValueCodec.write(weight, 10, &writer) }
    if let cost = product.details.cost { ValueCodec.write(cost, 11, &writer) }
    for tag in product.details.tags { writer.text(12, tag) }
    LineCodec.write(product.details.attributes, 13, &writer)
    if product.details.isBackordered { writer.int(14, 1) }
  }

  package static func product(_ reader: ByteReader) throws(StoreError) -> Product {
    var reader = reader
    var product = Product(sku: "", price: UnitPrice(mantissa: 0, scale: 0), currency: .eur)
    while let (tag, field) = try reader.next() {
      switch tag {
      case 1: product.sku = field.text
      case 2: product.name = field.text
      case 3: product.price = ValueCodec.price(field.number)
      case 4: product.currency = try ValueCodec.currency(field.number)
      case 5: product.image = field.text
      case 6: product.stock = field.number
      case 7: product.stocked = Timestamp(milliseconds: field.number)
      case 8: product.details.category = field.text
      case 9: product.details.brand = field.text
      case 10: product.details.weight = ValueCodec.price(field.number)
      case 11: product.details.cost = ValueCodec.price(field.number)
      case 12: product.details.tags.append(field.text)
      case 13: product.details.attributes.append(try LineCodec.option(field.group))
      case 14: product.details.isBackordered = field.number == 1
      default: break
      }
    }
    return product
  }
}
