/// Writes fields as tag, then a number (zigzag varint) or a length and bytes.
///
/// The wire form of protocol buffers with two kinds only; a reader skips tags that it does not
/// know, so that fields can be added.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Lends the bytes for the call.
  package func withBytes(_ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void)
    throws(StoreError)
  {
    var failure: StoreError?
    bytes.withUnsafeBytes { buffer in
      do throws(StoreError) { try body(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func int(_ tag: UInt8, _ value: Int64) {
    bytes.append(tag << 1)
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Leaves an empty text out.
  package mutating func text(_ tag: UInt8, _ value: String) {
    guard !value.isEmpty else { return }
    bytes.append(tag << 1 | 1)
    varint(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// Appends a text without a tag, for what is not read as fields.
  package mutating func plain(_ text: String) { bytes.append(contentsOf: text.utf8) }

  package mutating func key(_ tag: UInt8, _ value: EventKey) {
    bytes.append(tag << 1 | 1)
    value.withBytes {
      varint(UInt64($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  /// A group of fields under one tag.
  package mutating func group(_ tag: UInt8, _ body: (inout ByteWriter) -> Void) {
    bytes.append(tag << 1 | 1)
    let start = bytes.count
    // One byte of length does for almost all groups; a longer one is moved.
    bytes.append(0)
    body(&self)
    let length = bytes.count - start - 1
    if length < 0x80 {
      bytes[start] = UInt8(length)
    } else {
      var head = ByteWriter()
      head.varint(UInt64(length))
      bytes.replaceSubrange(start...start, with: head.bytes)
    }
  }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}

/// Reads what `ByteWriter` wrote.
package struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var index = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package enum Field {
    case int(Int64)
    case bytes(UnsafeRawBufferPointer)

    package var number: Int64 { if case .int(let value) = self { value } else { 0 } }
    package var blob: UnsafeRawBufferPointer {
      if case .bytes(let value) = self { value } else { .init(start: nil, count: 0) }
    }
    package var text: String { String(decoding: blob, as: UTF8.self) }
    package var group: ByteReader { ByteReader(blob) }
  }

  /// The next field; nil at the end.
  ///
  /// - Throws: `corrupt` where the bytes end too early.
  package mutating func next() throws(StoreError) -> (tag: UInt8, field: Field)? {
    guard index < bytes.count else { return nil }
    let head = bytes[index]
    index += 1
    let value = try varint()
    if head & 1 == 0 {
      return (head >> 1, .int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)))
    }
    guard value <= UInt64(bytes.count - index) else { throw Self.damaged }
    let start = index
    index += Int(value)
    return (head >> 1, .bytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index])))
  }

  /// How many of the fields that are left have a tag; O(fields).
  package func count(of tag: UInt8) throws(StoreError) -> Int {
    var (rest, count) = (self, 0)
    while let field = try rest.next() {
      if field.tag == tag { count += 1 }
    }
    return count
  }

  private mutating func varint() throws(StoreError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.count, shift < 64 {
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Self.damaged
  }

  package static let damaged = StoreError(
    .corrupt, "event log: a record is damaged; run 'cartio check'")
}
