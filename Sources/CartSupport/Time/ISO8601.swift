/// A text of the form of ISO 8601; `offset` is nil where none was written.
public struct ISO8601 {
  public var civil: CivilTime
  /// Seconds east of UTC.
  public var offset: Int64?

  public init?(_ text: some StringProtocol) {
    var text = Substring(text)
    guard let parsed = text.withUTF8({ ISO8601(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = parsed
  }

  private init?(_ bytes: UnsafeRawBufferPointer) {
    var scanner = Scanner(bytes: bytes)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
      scanner.take("-"), let day = scanner.digits(2)
    else { return nil }
    civil = CivilTime(year: year, month: month, day: day)
    guard (1...12).contains(month), (1...Self.days(month, year)).contains(day) else { return nil }
    guard scanner.index < bytes.count else { return }
    guard scanner.take("T") || scanner.take(" "), let hour = scanner.digits(2), hour < 24,
      scanner.take(":"), let minute = scanner.digits(2), minute < 60
    else { return nil }
    civil.hour = hour
    civil.minute = minute
    if scanner.take(":") {
      guard let second = scanner.digits(2), second < 60 else { return nil }
      civil.second = second
      if scanner.take(".") {
        guard let fraction = scanner.fraction() else { return nil }
        civil.millisecond = fraction
      }
    }
    if scanner.take("Z") {
      offset = 0
    } else if let sign = scanner.sign() {
      guard let hours = scanner.digits(2), hours < 24 else { return nil }
      _ = scanner.take(":")
      guard let minutes = scanner.digits(2), minutes < 60 else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard scanner.index == bytes.count else { return nil }
  }

  private static func days(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    var index = 0

    mutating func digits(_ count: Int) -> Int64? {
      guard index + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for _ in 0..<count {
        let byte = bytes[index]
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
        index += 1
      }
      return value
    }

    /// Milliseconds from a fraction of any length; further digits are cut off.
    mutating func fraction() -> Int64? {
      var value: Int64 = 0
      var count = 0
      while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
        if count < 3 { value = value * 10 + Int64(bytes[index] - 0x30) }
        count += 1
        index += 1
      }
      guard count > 0 else { return nil }
      for _ in min(count, 3)..<3 { value *= 10 }
      return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func sign() -> Int64? { take("+") ? 1 : take("-") ? -1 : nil }
  }
}
