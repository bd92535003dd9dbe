import CartModel
import CartStorage
import CartSupport

/// The decimals that a connected store gives its currencies: recorded settings have them, `store.lua` does
/// not.
extension StoreSettings {
  static func currencies(_ reader: SettingsReader) throws(EngineError) -> [String: Int] {
    var currencies: [String: Int] = [:]
    guard let table = try reader.object("currencies") else { return [:] }
    for member in table.members {
      guard let decimals = member.value.scalar.flatMap({ Int($0) }),
        Currency(code: member.key, decimals: decimals) != nil
      else {
        throw table.failure(
          member.key, "a currency's decimals, 0 … \(Currency.mostDecimals)",
          member.value.scalar.map { quoted($0) } ?? member.value.kind)
      }
      currencies[member.key] = decimals
    }
    return currencies
  }

  /// The same where a connected store gives its currencies other decimals: amounts are rounded to them.
  func with(currencies: [String: Int]) throws(EngineError) -> StoreSettings {
    guard currencies != self.currencies else { return self }
    guard case .object(var members) = try EngineError.mapping({ try JSONParser.parse(json) }) else {
      return self
    }
    members.removeAll { $0.key == "currencies" }
    return try StoreSettings(.object(members), "recorded settings", currencies: currencies)
  }

  func writeCurrencies(_ writer: inout JSONWriter) {
    // Only where a store says them: what older versions recorded stays the same text.
    guard !currencies.isEmpty else { return }
    writer.object("currencies") { writer in
      for (code, decimals) in currencies.sorted(by: { $0.key < $1.key }) {
        writer.number(code, Int64(decimals))
      }
    }
  }

  /// The decimals with those that a store says now; what it says for the first time only where they are
  /// not the standard's. What was said once stays, so that each event is read as it was written.
  func stated(_ shown: [String: Int]) -> (known: [String: Int], leftOut: [String]) {
    var (known, leftOut) = (currencies, [String]())
    for (code, decimals) in shown {
      guard let currency = Currency(code: code, decimals: decimals) else {
        leftOut.append(code)
        continue
      }
      if known[code] != nil || !currency.isStandard { known[code] = decimals }
    }
    return (known, leftOut.sorted())
  }
}

extension SettingsReader {
  /// An amount in minor units of the settings' currency. Where a store says its decimals, more of them are
  /// rounded: they may be fewer than they were when the text was written.
  func amount(_ key: String, _ settings: StoreSettings) throws(EngineError) -> Int64? {
    guard let text = try text(key) else { return nil }
    let currency = settings.currency
    do throws(ModelError) {
      let isStated = settings.currencies[currency.code] != nil
      let amount =
        try isStated
        ? UnitPrice(text).amount(1, currency).minor : Money(text, currency).minor
      guard amount >= 0 else {
        throw ModelError(.outOfRange, "expected 0 or more, got \(quoted(text))")
      }
      return amount
    } catch { throw EngineError(.malformed, in: "\(name): \(key)", error) }
  }
}

extension Shop {
  /// The decimals that the recorded settings of a database give currencies.
  ///
  /// - Throws: `malformed`, or what reading the database throws.
  public static func currencies(in store: any SettingReads) throws(EngineError) -> [String: Int] {
    let text: String
    do throws(StoreError) { text = try store.meta(SettingName.settings) } catch {
      throw EngineError(error)
    }
    return try currencies(of: text)
  }

  static func currencies(of text: String) throws(EngineError) -> [String: Int] {
    // Hardly any have them, and a start has no time to read settings twice.
    guard text.contains("\"currencies\"") else { return [:] }
    return try StoreSettings(json: text).currencies
  }

  /// Takes over what another process recorded of currencies.
  func followCurrencies() throws(EngineError) {
    try use(try settings.with(currencies: Self.currencies(of: recordedSettings)))
  }

  /// Records what a store says of its currencies, and uses it.
  func record(currencies: [String: Int], from origin: Admission.Origin) throws {
    if let settingsFailure { throw settingsFailure }
    let before = recordedSettings
    try use(try settings.with(currencies: currencies))
    let own = UnitOfWork(store: store)
    Admission(self, own).add(
      loose: [.settingsChanged(before: before, after: settings.json)], from: origin)
    _ = try own.flush(self)
    recorded(settings.json)
  }
}
