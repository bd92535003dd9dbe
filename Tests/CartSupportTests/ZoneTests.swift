import Testing

@testable import CartSupport

/// Time zones of slim tz files, whose rule stands in the footer.
struct ZoneTests {
  private static let zones = [
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo",
    "America/Nuuk", "America/St_Johns", "Asia/Tokyo", "Asia/Kolkata", "Asia/Jerusalem",
    "Africa/Cairo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
    "Pacific/Chatham", "Antarctica/Troll", "America/Santiago", "UTC",
  ]

  /// A file that says less in its table says the same with its footer: transitions since 2010 that
  /// only repeat the rule are left out, as `zic -b slim` does.
  @Test(arguments: zones)
  func slimFilesSayTheSame(name: String) throws {
    let bytes = try Files.read("/usr/share/zoneinfo/" + name)
    let fat = try ZoneRules(name: name, tzif: bytes)
    let slim = try ZoneRules(name: name, tzif: try #require(slimmed(bytes)))
    var random = SeededRandom(seed: 5)
    for _ in 0..<20_000 {
      let seconds = Int64(random.pick(-2_000_000_000...2_140_000_000))
      #expect(slim.offset(at: seconds) == fat.offset(at: seconds), "\(name) \(seconds)")
    }
    for time in moments(of: fat) {
      #expect(slim.offset(at: time) == fat.offset(at: time), "\(name) \(time)")
    }
  }

  /// The seconds around all changes until 2037, found by looking at each half hour.
  private func moments(of zone: ZoneRules) -> [Int64] {
    var found: [Int64] = []
    var before = zone.offset(at: 1_200_000_000)
    for time in stride(from: Int64(1_200_000_000), to: 2_140_000_000, by: 1800) {
      let offset = zone.offset(at: time)
      if offset != before { found += [time, time - 1] }
      before = offset
    }
    return found
  }

  /// The file without the end of its table that its footer repeats.
  private func slimmed(_ bytes: [UInt8]) -> [UInt8]? {
    func number(_ at: Int, _ width: Int) -> Int64 {
      var value: Int64 = bytes[at] >= 0x80 ? -1 : 0
      for index in at..<at + width { value = value << 8 | Int64(bytes[index]) }
      return value
    }
    let v1 = (0..<6).map { Int(number(20 + $0 * 4, 4)) }
    let second = 44 + v1[3] * 5 + v1[4] * 6 + v1[5] + v1[2] * 8 + v1[1] + v1[0]
    let v2 = (0..<6).map { Int(number(second + 20 + $0 * 4, 4)) }
    let (times, start) = (v2[3], second + 44)
    let tail = Array(bytes[(start + times * 9)...])
    guard let end = tail.lastIndex(of: 0x0a), let footer = tail[..<end].lastIndex(of: 0x0a),
      let rule = PosixZone(String(decoding: tail[(footer + 1)..<end], as: UTF8.self))
    else { return nil }
    func offset(_ index: Int) -> Int64 {
      number(start + times * 9 + Int(bytes[start + times * 8 + index]) * 6, 4)
    }
    var kept = times
    while kept > 1, rule.offset(at: number(start + (kept - 1) * 8, 8)) == offset(kept - 1),
      rule.offset(at: number(start + (kept - 1) * 8, 8) - 1) == offset(kept - 2)
    { kept -= 1 }
    // The last one that is kept agrees with the rule from then on.
    kept = min(kept + 1, times)
    var head = Array(bytes[..<start])
    for (place, byte) in withUnsafeBytes(of: Int32(kept).bigEndian, Array.init).enumerated() {
      head[second + 32 + place] = byte
    }
    return head + bytes[start..<start + kept * 8]
      + bytes[(start + times * 8)..<(start + times * 8 + kept)] + tail
  }

  /// Beyond the tables, which end in 2037.
  @Test(arguments: [
    ("Europe/Berlin", "2050-07-01T12:00:00Z", 7200),
    ("Europe/Berlin", "2050-12-01T12:00:00Z", 3600),
    ("Europe/Berlin", "2050-03-27T00:59:59Z", 3600),
    ("Europe/Berlin", "2050-03-27T01:00:00Z", 7200),
    ("America/New_York", "2100-11-07T05:59:59Z", -14_400),
    ("America/New_York", "2100-11-07T06:00:00Z", -18_000),
    ("Australia/Lord_Howe", "2060-01-15T00:00:00Z", 39_600),
    ("Australia/Lord_Howe", "2060-06-15T00:00:00Z", 37_800),
    ("Europe/Dublin", "2060-01-15T00:00:00Z", 0), ("Europe/Dublin", "2060-07-15T00:00:00Z", 3600),
    ("Asia/Kolkata", "2500-01-01T00:00:00Z", 19_800),
  ])
  func goesOnBeyondTheTable(name: String, time: String, offset: Int64) throws {
    let zone = try ZoneRules(name: name, tzif: try Files.read("/usr/share/zoneinfo/" + name))
    let civil = try #require(ISO8601(time)).civil
    #expect(zone.offset(at: civil.milliseconds(offset: 0) / 1000) == offset)
  }

  @Test(arguments: [
    "EST5EDT,M3.2.0,M11.1.0", "<+03>-3", "IST-2IDT,M3.4.4/26,M10.5.0", "XXX3EDT4,0/0,J365/23",
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "NZST-12NZDT,M9.5.0,M4.1.0/3", "UTC0", "A1B1:30:15",
  ])
  func readsRules(text: String) { #expect((PosixZone(text) != nil) == (text != "A1B1:30:15")) }

  @Test(arguments: [
    "", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1 ", "CET-999",
    "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "<+03-3", "CET-1CEST,J0,J5",
    "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1CEST,M3.5.0,M10.5.0/168",
  ])
  func refusesWhatIsNoRule(text: String) { #expect(PosixZone(text) == nil) }

  @Test func aFooterThatIsNoRuleIsNamed() throws {
    var bytes = try Files.read("/usr/share/zoneinfo/Europe/Berlin")
    bytes[bytes.count - 3] = 0x78
    #expect(
      throws: SupportError(
        .malformed,
        "time zone 'x': the rule 'CET-1CEST,M3.5.0,M10.5.0x3' is not understood")
    ) { try ZoneRules(name: "x", tzif: bytes) }
  }

  @Test func refusesWhatIsNoZoneFile() {
    #expect(throws: SupportError(.malformed, "time zone 'x': not a tz file")) {
      try ZoneRules(name: "x", tzif: [1, 2, 3])
    }
  }

  /// Moments beyond the years 0000 to 9999 count as their ends; nothing overflows.
  @Test(arguments: [Int64.min, -62_167_219_201, 253_402_300_800, .max])
  func momentsBeyondAllYearsHaveAnOffset(seconds: Int64) throws {
    let zone = try ZoneRules(
      name: "Europe/Berlin", tzif: try Files.read("/usr/share/zoneinfo/Europe/Berlin"))
    #expect([3208, 3600, 7200].contains(zone.offset(at: seconds)), "\(zone.offset(at: seconds))")
    let civil = CivilTime(milliseconds: seconds, offset: 0)
    #expect((0...9999).contains(civil.year))
  }
}
