extension StoreSettings {
  /// What the connection to a store may do.
  public struct Connection: Equatable, Sendable {
    public var writes = Writes.off
    /// The most of the store's requests that are ours; percent, 1 … 100.
    public var quota = 30
    /// Of which visitors the storefront's script reports.
    public var beaconConsent = Consent.analytics

    /// What of ours may reach the store.
    public enum Writes: String, CaseIterable, Sendable {
      /// It is only read.
      case off
      /// Carts that are held are taken away from the shopper, and restored.
      case holds
      case on
    }

    /// The store's categories of consent (scripts.v3, `consent_category`).
    public enum Consent: String, CaseIterable, Sendable {
      case essential
      case functional
      case analytics
      case targeting
    }

    public init() {}
  }
}
