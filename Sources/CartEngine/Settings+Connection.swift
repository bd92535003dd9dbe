import CartModel
import CartSupport

/// `store = { writes = "off", quota = "30", beacon_consent = "analytics" }`
extension StoreSettings.Connection {
  init(_ reader: SettingsReader) throws(EngineError) {
    self.init()
    try reader.allow("writes", "quota", "beacon_consent")
    if let word = try reader.text("writes") {
      writes = try Self.choice(word, "writes", reader)
      guard writes == .off else {
        throw reader.failure(
          "writes", "\"off\": sending changes to a store is not supported yet", quoted(word))
      }
    }
    if let word = try reader.text("beacon_consent") {
      beaconConsent = try Self.choice(word, "beacon_consent", reader)
    }
    if let text = try reader.text("quota") {
      guard let percent = Int(text), (1...100).contains(percent) else {
        throw reader.failure("quota", "whole percent from 1 to 100, as \"30\"", quoted(text))
      }
      quota = percent
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ word: String, _ key: String, _ reader: SettingsReader
  ) throws(EngineError) -> Choice {
    guard let choice = Choice(rawValue: word) else {
      throw reader.failure(
        key, Choice.allCases.map { quoted($0.rawValue) }.joined(separator: " or "), quoted(word))
    }
    return choice
  }

  /// Only what is not the usual.
  func write(_ writer: inout JSONWriter) {
    let usual = Self()
    if writes != usual.writes { writer.string("writes", writes.rawValue) }
    if quota != usual.quota { writer.string("quota", String(quota)) }
    if beaconConsent != usual.beaconConsent {
      writer.string("beacon_consent", beaconConsent.rawValue)
    }
  }
}
