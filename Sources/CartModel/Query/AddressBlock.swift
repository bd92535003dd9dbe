/// An IP address or a block of them (RFC 4632, RFC 4291): `203.0.113.0/24`, `2001:db8::/32`.
public struct AddressBlock: Equatable, Sendable {
  private let bits: UInt128
  private let length: Int
  private let isV6: Bool

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
      guard let given = Int(parts[1]), (0...width).contains(given),
        parts[1].allSatisfy(\.isNumber)
      else { throw bad() }
      length = given
    }
    self.isV6 = isV6
    self.length = length
    self.bits = length == 0 ? 0 : bits >> UInt128(width - length)
  }

  public func contains(_ address: some StringProtocol) -> Bool {
    guard let (bits, isV6) = Self.parse(address), isV6 == self.isV6 else { return false }
    return length == 0 || bits >> UInt128((isV6 ? 128 : 32) - length) == self.bits
  }

  private static func parse(_ text: some StringProtocol) -> (UInt128, Bool)? {
    if text.contains(":") { return v6(String(text)).map { ($0, true) } }
    return v4(text).map { (UInt128($0), false) }
  }

  private static func v4(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard part.count <= 3, part.allSatisfy({ $0.isASCII && $0.isNumber }),
        let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
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
