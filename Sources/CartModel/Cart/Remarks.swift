/// A claim: a member of staff works on the cart for a while, and others see that.
public struct Claim: Equatable, Sendable {
  /// The person, without the script that spoke for them: `staff:anna`.
  public var by: String
  /// From then on it counts no more.
  public var until: Timestamp

  public static let longest = Span(milliseconds: 7 * 86_400_000)

  public enum Manner: Equatable, Sendable {
    /// Only where it is nobody else's.
    case ask
    case takeOver
    /// A file or a store reports it: it happened.
    case fact
  }

  public init(by: String, until: Timestamp) {
    self.by = by
    self.until = until
  }
}

/// A note of a member of staff about a cart.
public struct Note: Equatable, Sendable {
  public var at: Timestamp
  /// The person: `staff:anna`.
  public var by: String
  public var text: String

  /// The most on one cart.
  public static let most = 100

  public init(at: Timestamp, by: String, text: String) {
    self.at = at
    self.by = by
    self.text = text
  }
}

/// What staff said of a cart.
struct Remarks: Equatable, Sendable {
  var claim: Claim?
  var notes: [Note] = []
}

extension Cart {
  /// Whose it is for now; it may have run out.
  public var claim: Claim? {
    get { remarks.first?.claim }
    set { change { $0.claim = newValue } }
  }

  /// What staff wrote down, the oldest first.
  public var notes: [Note] {
    get { remarks.first?.notes ?? [] }
    set { change { $0.notes = newValue } }
  }

  private mutating func change(_ body: (inout Remarks) -> Void) {
    var own = remarks.first ?? Remarks()
    body(&own)
    remarks = own == Remarks() ? [] : [own]
  }

  /// The claim that counts at a moment.
  public func claim(at time: Timestamp) -> Claim? {
    guard let claim, claim.until > time else { return nil }
    return claim
  }
}

extension Actor {
  /// The same, without the script that speaks for them.
  public var person: String {
    guard let script = description.firstRange(of: " via script:") else { return description }
    return String(description[..<script.lowerBound])
  }
}
