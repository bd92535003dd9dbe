import CartModel
import CartStorage

/// Undo of what belongs to no cart: entries of lists, and what is set of rules.
extension Undo {
  /// Removes the entries that an operation added, and adds those that it removed.
  func revertEntries(_ target: Operation, _ redo: Bool, _ report: inout UndoReport) throws
    -> Bool
  {
    let bodies = try run.unit.listEvents(of: target)
    guard !bodies.isEmpty else { return false }
    var known: [String: ListEntry] = [:]
    for entry in try run.unit.listEntries() { known[entry.id] = entry }
    var (events, order) = ([EventBody](), [String]())
    // What stood before the operation, or after it, is what is wanted of each entry.
    var wanted: [String: (entry: ListEntry, stands: Bool)] = [:]
    func note(_ entry: ListEntry, isAdded: Bool) {
      if wanted[entry.id] == nil {
        order.append(entry.id)
      } else if !redo {
        return
      }
      wanted[entry.id] = (entry, isAdded == redo)
    }
    for body in bodies {
      if let (entry, isAdded) = body.listChange { note(entry, isAdded: isAdded) }
      guard case .setting(let setting) = body.ofRule else { continue }
      let (before, current) = try settings(of: setting.rule, around: target)
      if redo, current != setting { events.append(.ruleSet(setting)) }
      if !redo, current == setting { events.append(.ruleSet(before)) }
    }
    for id in order {
      guard let (entry, stands) = wanted[id], stands != (known[id] != nil) else { continue }
      events.append(stands ? .entryAdded(entry) : .entryRemoved(entry))
    }
    run.add(loose: events)
    report.entries = events.count
    return !events.isEmpty
  }

  /// A rule's setting before an operation, and as it is now.
  private func settings(of rule: String, around operation: Operation) throws(StoreError) -> (
    before: RuleSetting, current: RuleSetting
  ) {
    let first = RuleSetting(rule: rule, mode: .shadow)
    var (before, current) = (first, first)
    for event in try run.shop.store.ruleEvents() {
      guard case .ruleSet(let setting) = event.body, setting.rule == rule else { continue }
      if event.seq < operation.extent.first { before = setting }
      current = setting
    }
    return (before, current)
  }
}
