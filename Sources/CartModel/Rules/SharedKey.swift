import CartSupport

/// What carts can have in common: an address, a person, a card, or up to three of these together.
public struct SharedKey: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case ip
    /// The /24 or /64 around the address.
    case net
    case email, domain, customer, session, country, browser
    /// The keyed hash of the card that was tried last.
    case card

    /// Its place among the bits of a key; for ever, as databases hold them.
    public var place: Int {
      switch self {
      case .ip: 0
      case .net: 1
      case .email: 2
      case .domain: 3
      case .customer: 4
      case .session: 5
      case .country: 6
      case .browser: 7
      case .card: 8
      }
    }
  }

  /// A bit for each kind.
  public let bits: UInt16

  /// - Throws: `malformed` for names that are none, none at all or more than three.
  public init(_ names: [String]) throws(ModelError) {
    var bits: UInt16 = 0
    for name in names {
      guard let kind = Kind(rawValue: name) else {
        let known = Kind.allCases.map(\.rawValue)
        throw ModelError(
          .malformed,
          "same: no key \(quoted(name))\(didYouMean(name, among: known)); expected one of "
            + known.joined(separator: ", "))
      }
      bits |= 1 << kind.place
    }
    guard (1...3).contains(bits.nonzeroBitCount) else {
      throw ModelError(
        .malformed, "same: expected one to three keys, got \(bits.nonzeroBitCount)")
    }
    self.bits = bits
  }

  public init(_ kind: Kind) { bits = 1 << kind.place }

  /// Nil for what is no key.
  public init?(bits: Int64) {
    guard (1..<(1 << Kind.allCases.count)).contains(bits) else { return nil }
    self.bits = UInt16(bits)
  }

  public func contains(_ kind: Kind) -> Bool { bits & 1 << kind.place != 0 }

  /// In the order of their names.
  public var kinds: [Kind] {
    Kind.allCases.filter(contains).sorted { $0.rawValue < $1.rawValue }
  }
}
