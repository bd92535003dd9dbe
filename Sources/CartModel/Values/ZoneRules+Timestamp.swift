import CartSupport

/// Moments on a zone's clock.
extension ZoneRules {
  /// Seconds east of UTC.
  public func offset(at time: Timestamp) -> Int64 {
    offset(at: time.milliseconds.floorDivided(by: 1000))
  }

  public func civil(_ time: Timestamp) -> CivilTime { CivilTime(time, offset: offset(at: time)) }

  /// The moment of a local time; of two, the earlier; one that a clock change skips moves on by it.
  public func timestamp(_ civil: CivilTime) -> Timestamp {
    let guess = civil.timestamp(offset: 0)
    let before = offset(at: guess.advanced(by: -86_400_000))
    let after = offset(at: guess.advanced(by: 86_400_000))
    let early = civil.timestamp(offset: before)
    if offset(at: early) == before { return early }
    let late = civil.timestamp(offset: after)
    return offset(at: late) == after ? late : early
  }

  /// `2026-11-01 14:00:00` on this zone's clock.
  public func text(_ time: Timestamp) -> String {
    let civil = civil(time)
    return "\(civil.dateText) \(civil.clockText)"
  }
}
