/// Keys as differences from one to the next: mostly a byte or two each.
package enum JobKeys {
  package static func encode(_ keys: [Int64]) -> [UInt8] {
    var (bytes, previous) = ([UInt8](), Int64(0))
    for key in keys {
      let delta = key &- previous
      var rest = UInt64(bitPattern: (delta << 1) ^ (delta >> 63))
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
      previous = key
    }
    return bytes
  }

  package static func decode(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> [Int64] {
    var (keys, value, shift, previous) = ([Int64](), UInt64(0), UInt64(0), Int64(0))
    for byte in bytes {
      guard shift < 64 else { throw ByteReader.damaged }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      guard byte < 0x80 else { continue }
      previous &+= Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
      keys.append(previous)
      (value, shift) = (0, 0)
    }
    guard shift == 0 else { throw ByteReader.damaged }
    return keys
  }
}
