import BigCommerce
import CartApplication
import CartModel
import CartSupport

/// The first `store.lua` of a connected store.
struct SettingsStart {
  private let home: Home
  init(_ home: Home) { self.home = home }

  /// Writes the file where there is none; else says what in it is not as the store has it.
  func write(_ store: StoreAccount.Information) throws {
    guard !Files.exists(home.settingsPath) else { return try compare(store) }
    var lines = ["return {", "  name = \(Self.quoted(store.name)),"]
    if Currency(code: store.currency) != nil {
      lines.append("  currency = \(Self.quoted(store.currency)),")
    }
    if Self.isZone(store.timeZone) {
      lines.append("  timezone = \(Self.quoted(store.timeZone)),")
    }
    lines += [
      "  -- What of ours may reach the store: \"off\", \"holds\" or \"on\".",
      "  store = { writes = \"off\" },", "}", "",
    ]
    let file = try OutputFile(home.settingsPath)
    try file.write(lines.joined(separator: "\n"))
    try file.commit()
    Terminal.print("settings    \(home.settingsPath)")
  }

  private func compare(_ store: StoreAccount.Information) throws {
    let settings = try home.settings()
    if settings.currency.code != store.currency {
      Terminal.say(
        "warning: \(home.settingsPath) says currency = \"\(settings.currency.code)\"; the store's is "
          + store.currency)
    }
    if settings.timezone != store.timeZone, !store.timeZone.isEmpty {
      Terminal.say(
        "warning: \(home.settingsPath) says timezone = \"\(settings.timezone)\"; the store's is "
          + store.timeZone)
    }
  }

  private static func isZone(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || [0x2b, 0x2d, 0x2f, 0x5f].contains(byte)
    }
    return !name.isEmpty && isPlain && Files.isRegular("/usr/share/zoneinfo/\(name)")
  }

  /// As Lua reads it back.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out += "\\" + String(UnicodeScalar(byte))
      case 0..<0x20, 0x7f...: out += "\\" + (byte < 100 ? (byte < 10 ? "00" : "0") : "") + "\(byte)"
      default: out.unicodeScalars.append(UnicodeScalar(byte))
      }
    }
    return out + "\""
  }
}
