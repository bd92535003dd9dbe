import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import CartSync
import HTTPClient
import Synchronization

/// A shop that is open beside the store that it is connected to: what every command of the service has.
final class StoreConnection {
  let home: Home
  let clock: @Sendable () -> Timestamp
  let file: ConnectionFile
  let application: Application
  let client: StoreClient
  let inbox: any Inbox
  let loop: SyncLoop
  let quota: Quota
  private let known: KnownCarts
  private let stored: StoredQuota
  private let currencies: Currencies

  /// - Parameters:
  ///   - recording: the folder that takes what was said, without persons and secrets.
  ///   - sweeps: whether carts are asked for that nobody said have changed.
  ///   - log: takes what went wrong, a line each.
  /// - Throws: `failed` where no store is connected; what opening the shop throws.
  init(
    _ home: Home, recording: String? = nil, options: SyncOptions = SyncOptions(),
    sweeps: Bool = true,
    clock: @escaping @Sendable () -> Timestamp = { Home.clock() },
    log: @escaping (String) -> Void
  ) throws {
    (self.home, self.clock) = (home, clock)
    file = try home.connection()
    guard let hash = file[.storeHash], let token = file[.token] else {
      throw ServiceError(
        .failed,
        "no store is connected: \(home.connectionPath) has no store_hash and token. To connect one: "
          + "cartio connect bigcommerce --store-hash HASH --token-file FILE --public-url URL")
    }
    var opening = home
    opening.access.saysYes = true
    opening.sources.time = clock
    application = try Application(opening, output: log, messages: log)
    application.handler.actor = .sync
    inbox = try home.openInbox()
    stored = StoredQuota(try home.openInbox(), now: clock)
    let settings = application.shop.settings
    quota = try Quota(share: settings.connection.quota, stored)
    currencies = Currencies(settings)
    known = KnownCarts(try application.shop.store.reader())
    let access = try StoreAccess(
      hash: hash, token: token, base: file[.apiBase] ?? StoreAccess.usualBase)
    let recorder = try recording.map { try Recorder($0, at: clock()) }
    client = StoreClient(access, quota, now: clock) {
      recorder?.recording.transport(CurlTransport()) ?? CurlTransport()
    }
    let currency: @Sendable (String) -> Currency? = { [currencies] in currencies[$0] }
    let carts = BigCommerceStorefront(
      client, currency: currency, lastUpdate: { [known] in known.lastUpdate($0) })
    let records = BigCommerceRecords(client, usual: settings.currency, currency: currency)
    var options = options
    if sweeps { options.sweepCount = { [quota] in Self.sweepCount(quota, at: clock()) } }
    loop = SyncLoop(
      ConnectedStore(carts, records), inbox, application.shop, options: options
    ) { [application, currencies] body in
      application.refreshSettings()
      currencies.follow(application.shop.settings)
      application.book.refresh()
      let run = application.handler.begin("sync")
      do { try body(run) } catch {
        _ = run.abandon()
        throw error
      }
      return try run.finish()
    }
    loop.log = log
  }

  /// A third of our share of what the store allows in half a minute.
  private static func sweepCount(_ quota: Quota, at now: Timestamp) -> Int {
    let known = quota.records(at: now).first { $0.family == "checkouts" }
    let perWindow = (known?.quota ?? 150) * Int64(quota.share) / 100
    let window = max(known?.window.milliseconds ?? 30_000, 1)
    return Int(min(max(perWindow * 30_000 / window / 3, 5), 500))
  }

  /// Takes in what decimals the store gives its currencies.
  func record(_ shown: [StoreAccount.StoreCurrency]) throws {
    let decimals = Dictionary(shown.map { ($0.code, $0.decimals) }, uniquingKeysWith: { $1 })
    let run = application.handler.begin("sync")
    let leftOut = try run.observer(of: file.storefront).observe(currencies: decimals)
    _ = try run.finish()
    currencies.follow(application.shop.settings)
    if !leftOut.isEmpty {
      application.messages(
        "currencies that cannot be kept: \(leftOut.joined(separator: ", ")); carts in them are not read"
      )
    }
  }

  func close() {
    known.close()
    stored.close()
    inbox.close()
    application.close()
  }
}

/// The currencies of a shop's settings, for any thread.
private final class Currencies: Sendable {
  private let settings: Mutex<StoreSettings>

  init(_ settings: StoreSettings) { self.settings = Mutex(settings) }

  subscript(_ code: String) -> Currency? { settings.withLock { $0.currency(code) } }

  func follow(_ other: StoreSettings) { settings.withLock { $0 = other } }
}
