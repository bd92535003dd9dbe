import CartSupport

/// An IP address or a block of them (RFC 4632, RFC 4291): `203.0.113.0/24`, `2001:db8::/32`.
///
/// A v4 address in its v6 form (`::ffff:203.0.113.7`) is that v4 address.
public struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
  private var bits: UInt128
  /// How many leading bits its addresses share.
  public private(set) var length: Int
  public let isV6: Bool

  /// - Throws: `malformed`.
  public init(_ text: some StringProtocol) throws(ModelError) {
    func bad() -> ModelError {
      ModelError(.malformed, "ip: expected an address or a CIDR block, got \(quoted(text))")
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first, let (bits, isV6) = Self.parse(address) else { throw bad() }
    let width = isV6 ? 128 : 32
    var length = width
    if parts.count == 2 {
      // The length of a v4 block in its v6 form counts from the form's first bit.
      let mapped = !isV6 && address.contains(":") ? 96 : 0
      guard let given = Int(parts[1]), (mapped...width + mapped).contains(given),
        parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { throw bad() }
      length = given - mapped
    }
    self.isV6 = isV6
    self.length = length
    self.bits = length == 0 ? 0 : bits >> UInt128(width - length)
  }

  /// The block of one address, in any form that `normalised` reads; nil for what is none.
  ///
  /// - Complexity: for an address of version 4 a look at each byte, as passes ask it of each cart.
  public init?(address: String) {
    var address = address
    guard
      let (bits, isV6) = address.withUTF8({ Self.v4($0).map { (UInt128($0), false) } })
        ?? Self.number(address).map({ ($0.0, $0.isV6) })
    else { return nil }
    (self.bits, self.isV6, length) = (bits, isV6, isV6 ? 128 : 32)
  }

  public func contains(_ address: some StringProtocol) -> Bool {
    guard let (bits, isV6) = Self.number(address), isV6 == self.isV6 else { return false }
    return length == 0 || bits >> UInt128(width - length) == self.bits
  }

  /// The fewest blocks that hold all addresses from one to another, as `203.0.113.5-203.0.113.9`.
  ///
  /// Nil for what is no range: two addresses of one version, the first not behind the last.
  public static func range(_ text: some StringProtocol) -> [AddressBlock]? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(\.trimmingBlanks)
    guard ends.count == 2, let (first, isV6) = parse(ends[0]), let (last, isOther) = parse(ends[1]),
      isV6 == isOther, first <= last
    else { return nil }
    var (blocks, start, width) = ([AddressBlock](), first, isV6 ? 128 : 32)
    while true {
      // The largest block that begins here and does not go beyond the end.
      var free = start == 0 ? width : min(width, start.trailingZeroBitCount)
      while free > 0, last - start < (free == 128 ? .max : (1 << UInt128(free)) - 1) { free -= 1 }
      let bits = free == 128 ? 0 : start >> UInt128(free)
      blocks.append(AddressBlock(bits: bits, length: width - free, isV6: isV6))
      let size: UInt128 = free == 128 ? .max : (1 << UInt128(free)) - 1
      guard last - start > size else { return blocks }
      start += size + 1
    }
  }

  private init(bits: UInt128, length: Int, isV6: Bool) {
    (self.bits, self.length, self.isV6) = (bits, length, isV6)
  }

  /// Whether every address of the other is one of its own.
  public func contains(_ other: AddressBlock) -> Bool {
    isV6 == other.isV6 && length <= other.length
      && (length == 0 || other.first >> UInt128(width - length) == bits)
  }

  /// The block of so many leading bits around it.
  ///
  /// - Parameter length: at most its own.
  public func around(_ length: Int) -> AddressBlock {
    var block = self
    block.bits = length == 0 ? 0 : bits >> UInt128(self.length - length)
    block.length = length
    return block
  }

  /// Its first and its last address, as numbers.
  public var first: UInt128 { length == 0 ? 0 : bits << UInt128(width - length) }
  public var last: UInt128 { first | (width == length ? 0 : .max >> UInt128(128 - width + length)) }

  private var width: Int { isV6 ? 128 : 32 }

  /// The number of an address, and whether it is of version 6; nil for what is none.
  public static func number(_ text: some StringProtocol) -> (UInt128, isV6: Bool)? {
    parse(text).map { ($0.0, isV6: $0.1) } ?? (text.isEmpty ? nil : forwarded(text))
  }

  /// An address by itself.
  static func parse(_ text: some StringProtocol) -> (UInt128, Bool)? {
    guard text.utf8.contains(UInt8(ascii: ":")) else {
      return v4(text).map { (UInt128($0), false) }
    }
    guard let bits = v6(String(text)) else { return nil }
    return bits >> 32 == 0xffff ? (bits & 0xffff_ffff, false) : (bits, true)
  }

  /// The canonical text (RFC 5952).
  public var description: String {
    let address = isV6 ? Self.textV6(first) : Self.textV4(UInt32(truncatingIfNeeded: first))
    return length == width ? address : "\(address)/\(length)"
  }

  private static func textV4(_ bits: UInt32) -> String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }

  private static func textV6(_ bits: UInt128) -> String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
    // The longest run of zeros, of two at least, is written as `::`.
    var (best, start) = (0..<0, 0)
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !best.isEmpty else { return text(0..<8) }
    return text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
  }

  private static func v4(_ text: some StringProtocol) -> UInt32? { v4(text.utf8) }

  private static func v4(_ bytes: some Collection<UInt8>) -> UInt32? {
    var (value, number, digits, dots): (UInt32, UInt32, Int, Int) = (0, 0, 0, 0)
    for byte in bytes {
      switch byte {
      case 0x30...0x39:
        number = number * 10 + UInt32(byte - 0x30)
        digits += 1
        guard digits <= 3, number <= 255 else { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | number
        (number, digits, dots) = (0, 0, dots + 1)
      default: return nil
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    return value << 8 | number
  }

  private static func v6(_ text: String) -> UInt128? {
    func groups(_ text: Substring) -> [UInt16]? {
      if text.isEmpty { return [] }
      var list: [UInt16] = []
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      for (index, part) in parts.enumerated() {
        if index == parts.count - 1, part.contains("."), let tail = v4(part) {
          list += [UInt16(tail >> 16), UInt16(tail & 0xffff)]
        } else {
          guard (1...4).contains(part.utf8.count), let value = UInt16(part, radix: 16),
            part.first != "+"
          else { return nil }
          list.append(value)
        }
      }
      return list
    }
    var all: [UInt16]
    if let gap = text.firstRange(of: "::") {
      guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
        head.count + tail.count < 8
      else { return nil }
      all = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    } else {
      guard let list = groups(text[...]) else { return nil }
      all = list
    }
    guard all.count == 8 else { return nil }
    return all.reduce(0) { $0 << 16 | UInt128($1) }
  }
}
