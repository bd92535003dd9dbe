import CartModel
import CartSupport
import Foundation

/// What a cart's shopper is known by, as keyed hashes of canonical forms; 0 for what is unknown.
///
/// One address written in two ways is one. No text of a person stands in what follows from it.
public struct SharedPerson: Sendable {
  private var parts: InlineArray<9, UInt64> = .init(repeating: 0)

  public init() {}

  subscript(_ kind: SharedKey.Kind) -> UInt64 {
    get { parts[kind.place] }
    set { parts[kind.place] = newValue }
  }
}

/// The hashes of one database.
public struct SharedHasher: Sendable {
  private let hash: SipHash

  /// - Parameter secret: 16 bytes that only the database holds.
  package init(secret: EventKey) { hash = SipHash(key: secret.high, secret.low) }

  /// The value that a person has of a key; nil where any part is unknown.
  public func value(_ key: SharedKey, of person: SharedPerson) -> UInt64? {
    if key.bits.nonzeroBitCount == 1 {
      let part = person.part(key.bits.trailingZeroBitCount)
      return part == 0 ? nil : part
    }
    var parts: InlineArray<3, UInt64> = .init(repeating: 0)
    var (count, rest) = (0, key.bits)
    while rest != 0, count < 3 {
      parts[count] = person.part(rest.trailingZeroBitCount).littleEndian
      if parts[count] == 0 { return nil }
      rest &= rest - 1
      count += 1
    }
    return withUnsafeBytes(of: parts) {
      known(hash(UnsafeRawBufferPointer(rebasing: $0[..<(count * 8)])))
    }
  }

  /// Sets a field of a shopper.
  ///
  /// - Returns: whether it is one that carts can share.
  @discardableResult
  public func set(_ person: inout SharedPerson, _ field: ShopperField, _ text: String) -> Bool {
    switch field {
    case .ip:
      if let block = AddressBlock(address: text) ?? (try? AddressBlock(text)) {
        person[.ip] = part(block)
        let width = block.isV6 ? 64 : 24
        person[.net] = block.length < width ? 0 : part(block.around(width))
      } else {
        (person[.ip], person[.net]) = (part(text), 0)
      }
    case .email:
      if let domain = EmailAddress.plainDomain(text) {
        (person[.email], person[.domain]) = (part(text), part(domain))
        return true
      }
      let address = EmailAddress(text)
      person[.email] = part(address?.description ?? text.lowercased())
      person[.domain] = part(address?.domain ?? EmailAddress.domain(of: text) ?? "")
    case .customer: person[.customer] = text == "0" ? 0 : part(text)
    case .session: person[.session] = part(text)
    case .country: person[.country] = part(text)
    case .browser: person[.browser] = part(text)
    default: return false
    }
    return true
  }

  /// Of why a card was declined; 0 for none.
  public func hash(ofCode code: String) -> UInt64 { part(code) }

  /// The keyed hash of a card.
  public func set(_ person: inout SharedPerson, card: String) { person[.card] = part(card) }

  package func digest(of bytes: UnsafeRawBufferPointer) -> UInt64 { hash(bytes) }

  private func part(_ text: String) -> UInt64 {
    if text.isEmpty { return 0 }
    // One letter may be written in several ways (UAX #15); what looks the same is the same.
    var text =
      text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    return text.withUTF8 { known(hash(UnsafeRawBufferPointer($0))) }
  }

  private func part(_ block: AddressBlock) -> UInt64 {
    let first = block.first
    let words: InlineArray<3, UInt64> = [
      UInt64(truncatingIfNeeded: first).littleEndian,
      UInt64(truncatingIfNeeded: first >> 64).littleEndian,
      UInt64(block.length << 1 | (block.isV6 ? 1 : 0)).littleEndian,
    ]
    return withUnsafeBytes(of: words) { known(hash($0)) }
  }

  /// 0 stands for what is unknown.
  private func known(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }
}

extension SharedPerson {
  fileprivate func part(_ place: Int) -> UInt64 { parts[place] }
}
