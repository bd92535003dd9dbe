/// A small generator whose sequence a seed fixes (SplitMix64, Steele et al. 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A whole number from the range, the same on every machine.
  public mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// One element of a list that is not empty.
  public mutating func pick<T>(_ list: [T]) -> T { list[pick(0...list.count - 1)] }

  /// True in `percent` of a hundred cases.
  public mutating func chance(_ percent: Int) -> Bool { pick(1...100) <= percent }
}
