import CartModel
import CartStorage
import CartSupport

/// One shop: its database and settings, with clock and randomness put in from outside.
public final class Shop {
  public let store: any Storage
  /// Whether its shoppers are made up.
  public let isPractice: Bool
  /// Where the compiled time zones lie.
  private let zoneFolder: String
  public private(set) var settings = StoreSettings()
  public private(set) var zone = ZoneRules.utc
  /// The settings that the event log knows; they differ when `store.lua` was edited since.
  private(set) var recordedSettings = ""
  /// What the event log had of them, and when that was read.
  var settingsSeen: (stamp: StorageStamp, text: String)?
  /// Why `store.lua` cannot be used as it is now: until it can be, nothing is saved.
  public var settingsFailure: EngineError?
  /// The settings that rows were priced by last. Once is enough: two programs with other settings would
  /// go on pricing against each other.
  var pricedBy: String?
  /// Called with the number of each operation that was saved, maybe on another thread.
  public var onSaved: (@Sendable (Int64) -> Void)?
  private let clock: () -> Timestamp
  private let random: () -> UInt64

  /// - Parameter settings: what `store.lua` says; nil for what the event log last recorded.
  public init(
    store: any Storage, settings: StoreSettings? = nil, zoneFolder: String = "/usr/share/zoneinfo",
    clock: @escaping () -> Timestamp, random: @escaping () -> UInt64
  ) throws(EngineError) {
    self.store = store
    self.zoneFolder = zoneFolder
    self.clock = clock
    self.random = random
    isPractice = try store.isPractice
    do {
      recordedSettings = try store.meta(SettingName.settings)
    } catch { throw EngineError(error) }
    if let settings {
      try use(try settings.with(currencies: Self.currencies(of: recordedSettings)))
    } else if !recordedSettings.isEmpty {
      try use(try StoreSettings(json: recordedSettings))
    } else {
      store.price(by: StoreSettings(), mark: { Self.priceMark(of: StoreSettings()) })
    }
  }

  /// Sets the current settings and their time zone.
  public func use(_ settings: StoreSettings) throws(EngineError) {
    (self.settings, zone) = try resolved(settings)
    do throws(StoreError) { try store.sync(settings.synchronous) } catch {
      throw EngineError(error)
    }
    let (settings, mark) = (self.settings, Self.priceMark)
    store.price(by: settings) { mark(settings) }
  }

  /// Settings with the moments that their time zone makes of their times, and that zone.
  func resolved(_ settings: StoreSettings) throws(EngineError)
    -> (settings: StoreSettings, zone: ZoneRules)
  {
    let zone = try Self.zone(settings.timezone, in: zoneFolder)
    return (settings.resolved(in: zone), zone)
  }

  /// Names what prices follow from: the settings, and the moments that the zone makes of their times.
  private static func priceMark(of settings: StoreSettings) -> String {
    let moments = settings.coupons.flatMap { [$0.starts, $0.expires] }.map {
      $0.map { String($0.moment.milliseconds) } ?? ""
    }
    // Rows that were priced before orders kept their totals are priced again.
    let text = "orders " + settings.json + moments.joined(separator: " ")
    return hexadecimal(Digest.key(of: text).bytes)
  }

  /// Closes the database: every command does so before the program ends.
  public func close() { store.close() }

  func recorded(_ settings: String) { recordedSettings = settings }

  public func now() -> Timestamp { clock() }
  func nextRandom() -> UInt64 { random() }

  /// A new public id: a UUID of version 4 (RFC 9562).
  public func newID() -> String {
    let bits = (random() & ~0xf000 | 0x4000, random() & ~(3 << 62) | 2 << 62)
    let digits = hexadecimal(EventKey(high: bits.0, low: bits.1).bytes)
    let cuts = [0, 8, 12, 16, 20, 32]
    return zip(cuts, cuts.dropFirst()).map { from, to in
      String(digits.dropFirst(from).prefix(to - from))
    }.joined(separator: "-")
  }

  /// A stable name for an operation.
  func newOperationKey() -> String {
    hexadecimal(EventKey(high: random(), low: random()).bytes.prefix(12))
  }

  private static func zone(_ name: String, in folder: String) throws(EngineError) -> ZoneRules {
    if name == "UTC" { return .utc }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = !parts.contains("") && !parts.contains("..") && !name.hasPrefix("/")
    let path = folder + "/" + name
    guard isPlain, Files.exists(path) || !Files.canEnter(Files.folder(path)) else {
      // A minimal container has no time zones, or a part of them.
      guard Files.exists(folder + "/Europe/Berlin") else {
        throw EngineError(
          .file,
          "timezone \(quoted(name)): the time zone database (tzdata) is not installed in "
            + "\(folder). Install it: apt install tzdata")
      }
      throw EngineError(
        .malformed,
        "timezone: expected a name of the tz database as Europe/Berlin, got \(quoted(name))")
    }
    let bytes: [UInt8]
    do throws(SupportError) { bytes = try Files.read(path, limit: 1 << 20) } catch {
      throw EngineError(.file, in: "timezone \(quoted(name))", error)
    }
    do throws(SupportError) { return try ZoneRules(name: name, tzif: bytes) } catch {
      throw EngineError(error)
    }
  }
}
