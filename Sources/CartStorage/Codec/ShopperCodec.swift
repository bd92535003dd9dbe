import CartModel

/// How what is known of a customer becomes bytes. Tags are for ever: never change or reuse one.
package enum ShopperCodec {
  package static func bytes(_ shopper: Shopper) -> [UInt8] {
    var data = ByteWriter()
    for entry in shopper.fields {
      data.group(2) {
        $0.int(1, Int64(entry.field.rawValue))
        $0.text(2, entry.value)
      }
    }
    return data.bytes
  }

  package static func shopper(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Shopper {
    var (shopper, reader) = (Shopper(), ByteReader(bytes))
    while let (_, field) = try reader.next() {
      let (key, value) = try ValueCodec.pair(field.group)
      if let key = ShopperField(rawValue: UInt8(clamping: key)) { shopper[key] = value }
    }
    return shopper
  }
}
