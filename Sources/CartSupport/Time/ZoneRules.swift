/// The offsets of a time zone, read from a compiled tz file (RFC 8536).
///
/// After its last transition the rule of its footer holds; where that is empty, the last offset.
public struct ZoneRules: Equatable, Sendable {
  public static let utc = ZoneRules(
    name: "UTC", transitions: [], offsets: [], first: 0, later: nil)

  public let name: String
  private let transitions: [Int64]
  private let offsets: [Int64]
  private let first: Int64
  private let later: PosixZone?

  private init(
    name: String, transitions: [Int64], offsets: [Int64], first: Int64, later: PosixZone?
  ) {
    self.name = name
    self.transitions = transitions
    self.offsets = offsets
    self.first = first
    self.later = later
  }

  /// - Throws: `malformed` when the bytes are no tz file of version 2 or later, or its footer is no
  ///   rule.
  public init(name: String, tzif bytes: [UInt8]) throws(SupportError) {
    func bad() -> SupportError {
      SupportError(.malformed, "time zone \(quoted(name)): not a tz file")
    }
    func number(_ at: Int, _ width: Int) -> Int64 {
      var value: Int64 = bytes[at] >= 0x80 ? -1 : 0
      for index in at..<at + width { value = value << 8 | Int64(bytes[index]) }
      return value
    }
    func counts(_ at: Int) -> [Int]? {
      guard bytes.count >= at + 44, bytes[at] == 0x54, bytes[at + 4] >= 0x32 else { return nil }
      return (0..<6).map { Int(number(at + 20 + $0 * 4, 4)) }
    }
    // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt; then the same again with 64 bits.
    guard let v1 = counts(0), v1.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else { throw bad() }
    let second = 44 + v1[3] * 5 + v1[4] * 6 + v1[5] + v1[2] * 8 + v1[1] + v1[0]
    guard let v2 = counts(second), v2.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else { throw bad() }
    let (times, types) = (v2[3], v2[4])
    let start = second + 44
    guard types > 0, bytes.count >= start + times * 9 + types * 6 else { throw bad() }
    func offset(_ type: Int) -> Int64 { number(start + times * 9 + type * 6, 4) }
    var offsets: [Int64] = []
    for index in 0..<times {
      let type = Int(bytes[start + times * 8 + index])
      guard type < types else { throw bad() }
      offsets.append(offset(type))
    }
    let footer = start + times * 9 + types * 6 + v2[5] + v2[2] * 12 + v2[1] + v2[0]
    guard footer < bytes.count, bytes[footer] == 0x0a,
      let end = bytes[(footer + 1)...].firstIndex(of: 0x0a)
    else { throw bad() }
    let rule = String(decoding: bytes[footer + 1..<end], as: UTF8.self)
    let later = PosixZone(rule)
    guard rule.isEmpty || later != nil else {
      throw SupportError(
        .malformed, "time zone \(quoted(name)): the rule \(quoted(rule)) is not understood")
    }
    self.init(
      name: name, transitions: (0..<times).map { number(start + $0 * 8, 8) }, offsets: offsets,
      first: offset(0), later: later)
  }

  /// Seconds east of UTC.
  ///
  /// - Parameter seconds: since 1970.
  /// - Complexity: O(log n) of the transitions.
  public func offset(at seconds: Int64) -> Int64 {
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    if low == transitions.count, let later { return later.offset(at: seconds) }
    return low == 0 ? first : offsets[low - 1]
  }
}
