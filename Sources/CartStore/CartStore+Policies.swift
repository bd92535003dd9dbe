import CartModel

/// What the event log holds of policies: when they ran, and what they ordered.
extension CartStore {
  /// The latest run of a policy up to a moment, and when it was; nil where it never ran.
  public func lastRun(of policy: String, until time: Timestamp) throws(StoreError) -> (
    run: PolicyRun, at: Timestamp
  )? {
    try stepping { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type = ? AND at <= ? ORDER BY at DESC, seq DESC"
      )
      rows.bind(1, Int64(EventType.policyRan.rawValue))
      rows.bind(2, time.milliseconds)
      while try rows.step() {
        let event = try statements.entry(rows).event
        if case .policyRan(let run) = event.body, run.policy == policy { return (run, event.at) }
      }
      return nil
    }
  }

  /// The totals of the orders that an actor made after a moment.
  ///
  /// - Complexity: O(operations) and the events of that actor's.
  public func orders(by actor: Actor, after time: Timestamp) throws(StoreError) -> [Money] {
    try stepping { statements in
      let rows = try statements.fresh(
        """
        SELECT \(Statements.eventColumns) FROM operation
        JOIN actor ON actor.id = operation.actor
        JOIN event ON event.seq BETWEEN operation.first AND operation.last
          AND event.op = operation.id AND event.type = ?
        LEFT JOIN fact ON fact.id = fact_of(event.data)
        WHERE actor.name = ? AND operation.at > ?
        """)
      rows.bind(1, Int64(EventType.cartOrdered.rawValue))
      rows.bind(2, actor.description)
      rows.bind(3, time.milliseconds)
      var totals: [Money] = []
      while try rows.step() {
        guard case .cartOrdered(let record) = try statements.entry(rows).event.body else {
          continue
        }
        totals.append(record.total)
      }
      return totals
    }
  }

  /// Pieces ordered of each product by quarter hour, the latest first.
  ///
  /// - Complexity: O(quarter hours × products sold in them).
  public func orderedPieces(since time: Timestamp) throws(StoreError) -> [String: [(
    quarter: Int64, pieces: Int64
  )]] {
    try stepping {
      let rows = try $0.fresh(
        """
        SELECT sku, quarter, ordered FROM counter JOIN product ON product.id = counter.product
        WHERE quarter >= ? AND ordered != 0 ORDER BY quarter DESC
        """)
      rows.bind(1, time.quarter)
      var pieces: [String: [(quarter: Int64, pieces: Int64)]] = [:]
      while try rows.step() {
        pieces[rows.text(0), default: []].append((rows.int(1), rows.int(2)))
      }
      return pieces
    }
  }
}
