import CartSupport

/// Ids and times as the store writes them.
enum SimulatedText {
  static func uuid(_ random: inout SeededRandom) -> String {
    let (high, low) = (random.next(), random.next())
    let digits = Array(hex(high & ~0xf000 | 0x4000) + hex(low & ~(3 << 62) | 1 << 63))
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
    return parts.joined(separator: "-")
  }

  static func token(_ random: inout SeededRandom) -> String {
    hex(random.next()) + hex(random.next())
  }

  static func hex(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  /// `2026-01-05T10:20:30+00:00`, or with milliseconds and `Z`.
  static func iso(_ time: Int64, zulu: Bool = false) -> String {
    let civil = CivilTime(milliseconds: time, offset: 0)
    let text = "\(civil.dateText)T\(civil.clockText)"
    guard zulu else { return text + "+00:00" }
    let milliseconds = String(civil.millisecond)
    return text + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds + "Z"
  }

  /// `Wed, 25 Jun 2025 05:22:10 +0000`, or with another zone's name.
  static func mail(_ time: Int64, zone: String = "+0000") -> String {
    let civil = CivilTime(milliseconds: time, offset: 0)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let day = days[Int(civil.isoWeekday % 7)]
    let date = civil.day < 10 ? "0\(civil.day)" : "\(civil.day)"
    let month = months[Int(civil.month - 1)]
    return "\(day), \(date) \(month) \(civil.yearText) \(civil.clockText) \(zone)"
  }

  /// Reads both forms of a time, and plain seconds; nil for anything else.
  static func time(_ text: String) -> Int64? {
    if let seconds = Int64(text) { return seconds * 1_000 }
    if let iso = ISO8601(text) { return iso.civil.milliseconds(offset: iso.offset ?? 0) }
    let words = text.split { " ,".contains($0) }
    guard words.count == 6, let day = Int64(words[1]), let year = Int64(words[3]),
      let month = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ]
      .firstIndex(of: String(words[2]))
    else { return nil }
    let digits = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
    let zone = words[5] == "GMT" || words[5] == "+0000" ? "Z" : String(words[5])
    return ISO8601("\(year)-\(digits(Int64(month + 1)))-\(digits(day))T\(words[4])\(zone)")
      .map { $0.civil.milliseconds(offset: $0.offset ?? 0) }
  }
}
