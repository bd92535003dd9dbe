/// What a plan does, cart by cart, wherever it is kept.
package protocol PlanSource: AnyObject {
  /// Its name, as messages say it.
  var name: String { get }
  /// The plan without its changes.
  var plan: Plan { get }
  /// How many carts it changes.
  var carts: Int { get }

  /// The next cart; nil at the end.
  ///
  /// - Throws: `file`; `malformed`, also for a plan that is cut off.
  func next() throws(EngineError) -> PlannedCart?

  /// The same plan from its beginning.
  func again() throws(EngineError) -> any PlanSource
}

/// What a plan does to one cart, with the events that it states.
package struct PlannedCart {
  package var change: PlannedChange
  package var stated: [StatedEvent]

  package init(_ change: PlannedChange, _ stated: [StatedEvent]) {
    (self.change, self.stated) = (change, stated)
  }
}
