import CartModel
import CartStorage

/// What a run did and has not saved, as questions about other carts see it: up to the judged cart's
/// last step, so that it is the same once all is saved.
final class UnsavedFacts {
  private var rewinds = -1
  /// The last step of each changed cart, from 1, by its place in the unit.
  private var latest: [Int: Int] = [:]
  private var count = 0
  private var indexes: [SharedKey: Index] = [:]

  private struct Index {
    var count = 0
    var trackers: [Int: SharedTracker] = [:]
    var values: [UInt64: (rows: [SharedRow], counts: SharedCounts)] = [:]
  }

  /// The last step of a changed cart.
  func step(of place: Int, _ unit: UnitOfWork) -> Int {
    follow(unit)
    return latest[place] ?? 0
  }

  /// The steps' rows under a value; their `seq` is the number of the step.
  ///
  /// - Complexity: O(steps since it was asked last).
  func run(_ key: SharedKey, _ value: UInt64, _ unit: UnitOfWork, _ hasher: SharedHasher)
    throws(StoreError) -> SharedRun?
  {
    follow(unit)
    // Starts again after cancellation: half a step must not count as a whole one.
    var index = indexes.removeValue(forKey: key) ?? Index()
    while index.count < unit.log.count {
      let logged = unit.log[index.count]
      index.count += 1
      guard let place = logged.place else { continue }
      for body in logged.step.events where SharedTracker.types.contains(body.type) {
        let cart = unit.dirty[place].cart.key
        var tracker: SharedTracker
        if let known = index.trackers.removeValue(forKey: place) {
          tracker = known
        } else {
          tracker = SharedTracker([key])
          for event in cart > 0 ? try unit.store.history(of: cart) : [] {
            tracker.add(event, hasher) { _, _, _ in }
          }
        }
        let event = Event(
          seq: Int64(index.count), cart: cart, version: 0, operation: 0, actor: logged.step.actor,
          at: logged.step.at, body: body)
        // Nothing of a run is before what is asked of: each row is looked at.
        tracker.add(event, late: .max - max(0, event.at.milliseconds), hasher) {
          index.values[$1, default: ([], SharedCounts())].rows.append($2)
        }
        index.trackers[place] = tracker
      }
    }
    indexes[key] = index
    return index.values[value].map {
      SharedRun(rows: $0.rows[...], counts: $0.rows.count > SharedRun.long ? $0.counts : nil)
    }
  }

  private func follow(_ unit: UnitOfWork) {
    if rewinds != unit.rewinds { (rewinds, latest, count, indexes) = (unit.rewinds, [:], 0, [:]) }
    while count < unit.log.count {
      if let place = unit.log[count].place { latest[place] = count + 1 }
      count += 1
    }
  }
}
