import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartSupport
import Glibc

/// Connects a store: checks first, then writes what is to be kept, then reads what the store has.
struct StoreSetup {
  private let home: Home
  private var file: ConnectionFile
  private let client: StoreClient
  private let account: StoreAccount

  /// Beyond it, times of the store and ours tell nothing of what was first; milliseconds.
  private static let mostDrift: Int64 = 5_000

  /// - Throws: `unsupported` for a hash, token or address that cannot be used.
  init(_ home: Home, _ file: ConnectionFile) throws {
    (self.home, self.file) = (home, file)
    let access = try StoreAccess(
      hash: file[.storeHash] ?? "", token: file[.token] ?? "",
      base: file[.apiBase] ?? StoreAccess.usualBase)
    client = StoreClient(access, try Quota(), now: { Home.clock() })
    account = StoreAccount(client)
  }

  /// - Parameter saysNext: whether it says what to do next.
  mutating func run(saysNext: Bool = true) throws {
    try PublicAddress.check(
      file[.publicURL], isLocal: file[.apiBase]?.hasPrefix("http://") ?? false)
    let store = try information()
    row("store", "\(store.name), \(store.currency), \(store.timeZone), plan \(store.plan)")
    try checkPermissions()
    try checkClock()
    let currencies = currencies()
    if file[.hookSecret] == nil { file[.hookSecret] = SecretFile.make() }
    let former = try home.connection()
    try Files.makeFolder(home.folder)
    try file.save()
    row("secrets", home.connectionPath)
    try SettingsStart(home).write(store)
    let hasHooks = try registerHooks()
    if hasHooks, former[.storeHash] == file[.storeHash] { removeHooks(of: former) }
    try registerScript()
    try sayChannels()
    try sayReminders()
    try read(currencies)
    if saysNext { conclude(hasHooks: hasHooks) }
  }

  private func information() throws -> StoreAccount.Information {
    do throws(StorefrontError) { return try account.information() } catch {
      guard error.code == .notFound else { throw error }
      throw ServiceError(
        .failed,
        "no store has the hash \(quoted(file[.storeHash] ?? "")); it is abc123 of "
          + "https://store-abc123.mybigcommerce.com: check --store-hash")
    }
  }

  private func row(_ name: String, _ text: String) {
    let shown = name + String(repeating: " ", count: max(0, 10 - name.count))
    Terminal.print("\(shown)  \(text)")
  }

  // MARK: Checks

  private func checkPermissions() throws {
    var missing: [StoreScope] = []
    for (scope, permission) in try account.permissions() {
      switch permission {
      case .granted: break
      case .missing:
        missing.append(scope)
        row("scope", "missing: \(scope.label); without it: no \(scope.purpose)")
      case .unknown(let words): row("scope", "not certain: \(scope.label): \(words)")
      }
    }
    guard !missing.contains(where: \.isRequired) else {
      throw ServiceError(
        .failed,
        "connect: the token lacks "
          + missing.filter(\.isRequired).map(\.label).joined(separator: ", ")
          + ". Make an API account with these scopes in the store's settings, and connect again; "
          + "nothing was written")
    }
    if missing.isEmpty { row("scopes", "all that are needed") }
  }

  private func checkClock() throws {
    let drift: Int64
    do throws(StorefrontError) { drift = try account.drift().milliseconds } catch {
      return row("clock", "not certain: \(error.message)")
    }
    guard abs(drift) > Self.mostDrift else { return row("clock", "within 5 s of the store's") }
    row(
      "clock",
      "this machine is \(abs(drift) / 1000) s \(drift > 0 ? "ahead of" : "behind") the store: set it, "
        + "as by NTP")
  }

  private func currencies() -> [StoreAccount.StoreCurrency] {
    do throws(StorefrontError) { return try account.currencies() } catch {
      row("currencies", "not certain: \(error.message); those of ISO 4217 are used")
      return []
    }
  }

  // MARK: What the store gets

  private func registerHooks() throws -> Bool {
    guard let address = file.hookAddress, let secret = file[.hookSecret] else {
      row("hooks", "none: there is no --public-url")
      return false
    }
    do throws(StorefrontError) {
      for (scope, outcome) in try StoreHooks(client).register(address, secret: secret) {
        row("hook", "\(scope) \(outcome)")
      }
      return true
    } catch {
      row("hooks", "not registered: \(error.message)")
      return false
    }
  }

  /// Hooks to an address of before would fail, and a store blocks an account whose calls fail.
  private func removeHooks(of former: ConnectionFile) {
    guard let address = former.hookAddress, address != file.hookAddress else { return }
    do throws(StorefrontError) {
      let count = try StoreHooks(client).remove(address)
      row("hooks", "\(CountText.count(count, "hook")) of the former address removed: \(address)")
    } catch { row("hooks", "those of \(address) were not removed: \(error.message)") }
  }

  private func registerScript() throws {
    guard let address = file.scriptAddress else { return }
    let consent = try home.settings().connection.beaconConsent
    do throws(StorefrontError) {
      let outcome = try BeaconScript(client).register(address, consent: consent)
      row("script", "\(address) \(outcome), for visitors who agreed to \(consent.rawValue)")
    } catch {
      row("script", "not registered: \(error.message); IP and browser of carts stay unknown")
    }
  }

  private func sayChannels() throws {
    guard let channels = try? account.channels() else { return }
    for channel in channels where channel.isActive {
      row("channel", "\(channel.id) \(channel.name) (\(channel.platform))")
    }
  }

  private func sayReminders() throws {
    guard (try? account.sendsReminders()) == true else { return }
    row("mails", "the store itself mails shoppers about abandoned carts; Cartio does not see those")
  }

  // MARK: What the store has

  private func read(_ currencies: [StoreAccount.StoreCurrency]) throws {
    let connection = try StoreConnection(home, options: SyncPass.options, sweeps: false) {
      Terminal.say($0)
    }
    defer { connection.close() }
    try connection.record(currencies)
    Terminal.say("Reading products, customers and the orders of 90 days…")
    try SyncPass(connection).run([])
  }

  private func conclude(hasHooks: Bool) {
    Terminal.print("")
    Terminal.print(
      "The connection only reads: store = { writes = \"off\" } in \(home.settingsPath).")
    Terminal.print(
      "The store cannot list its carts: each appears when it is next touched. "
        + ".cart STORE-ID looks one up.")
    Terminal.print(
      hasHooks
        ? "Now start the service: cartio serve"
        : "Without hooks, 'cartio sync' asks for the carts that are known; for hooks, connect again with "
          + "--public-url.")
  }
}
