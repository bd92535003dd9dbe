/// What a simulated store is like.
public struct SimulatorConfiguration: Sendable {
  public var seed: UInt64
  public var storeHash = "abc123"
  public var token = "token-of-the-simulator"
  public var clientID = "client-of-the-simulator"
  /// The scopes of the token; hooks need none.
  public var scopes: Set<String> = [
    "store_cart", "store_checkout", "store_v2_orders", "store_v2_customers_read_only",
    "store_v2_products_read_only", "store_v2_information_read_only", "store_v2_content",
    "store_v2_marketing_read_only", "store_channel_settings_read_only",
  ]
  /// Requests in 30 s.
  public var quota = 150
  public var products = 40
  public var customers = 60
  /// A real store takes only HTTPS; false lets hooks go to this machine without it.
  public var needsHTTPS = false
  /// Where hooks to an address of the public go: `https://shop.example` to `http://127.0.0.1:8080`.
  public var routes: [String: String] = [:]
  /// A key of Standard Webhooks; nil sends no signatures.
  public var signingKey: [UInt8]?
  /// What the times between retries of a hook are divided by.
  public var retryFactor: Int64 = 1
  /// Seconds until a new hook is heard; a real store takes up to a minute.
  public var hookDelay: Int64 = 0
  /// What the store's clock is ahead of the injected one, in milliseconds.
  public var clockDrift: Int64 = 0
  public var faults = Faults()

  public init(seed: UInt64) { self.seed = seed }

  /// How often things go wrong, in percent.
  public struct Faults: Sendable {
    // Hooks.
    public var duplicate = 0
    public var reordered = 0
    public var lost = 0
    public var late = 0
    /// How late a late hook is, in milliseconds.
    public var lateness: Int64 = 600_000
    // Answers.
    public var slow = 0
    /// Milliseconds of a slow answer.
    public var slowness = 50
    public var serverError = 0
    public var unavailable = 0
    /// The connection breaks before the request is done.
    public var droppedBefore = 0
    /// It is done, and the connection breaks before the answer.
    public var droppedAfter = 0
    /// 429 with and without the headers that say until when.
    public var throttled = 0
    /// The cart, or the list of orders, as it was a moment ago.
    public var stale = 0
    /// How long something is a moment ago, in milliseconds.
    public var lag: Int64 = 5_000
    /// Products and variants without a SKU, when the store is made.
    public var missingSKU = 0

    public init() {}

    /// All of them, often enough for a test to meet each.
    public static var all: Faults {
      var faults = Faults()
      (faults.duplicate, faults.reordered, faults.lost, faults.late) = (10, 10, 5, 5)
      (faults.slow, faults.serverError, faults.unavailable) = (2, 3, 1)
      (faults.droppedBefore, faults.droppedAfter, faults.throttled, faults.stale) = (2, 3, 2, 5)
      faults.missingSKU = 15
      return faults
    }
  }
}
