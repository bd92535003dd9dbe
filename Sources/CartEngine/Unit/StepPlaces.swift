/// Finds the steps of one cart in the log of a unit of work without reading the log again each time.
struct StepPlaces {
  private var places: [Int: [Int]] = [:]
  /// How much of the log was read, and after how many rewinds.
  private var count = 0
  private var rewinds = 0

  /// - Parameter place: the cart's place among the changes.
  /// - Complexity: O(steps since the last call), amortized.
  mutating func places(of place: Int, in log: [Batch.Logged], _ rewinds: Int) -> [Int] {
    if rewinds != self.rewinds || log.count < count {
      (places, count, self.rewinds) = ([:], 0, rewinds)
    }
    for index in count..<log.count {
      if let place = log[index].place { places[place, default: []].append(index) }
    }
    count = log.count
    return places[place] ?? []
  }
}
