import CartModel
import CartStorage

extension CartQueries where Self: SQLReads {
  func keys(
    matching filter: Filter, _ context: FilterContext, and conditions: [Filter.Condition],
    excluding: Set<Int64>, with others: [Cart]
  ) throws(StoreError) -> [Int64] {
    var wanted = filter
    for condition in conditions { wanted.require(condition) }
    return try asked(wanted) { statements in
      let sql = try reading(wanted, context, statements)
      guard others.isEmpty, sql.isExact, let order = sql.order(filter.sort) else {
        let stored = try carts(wanted, sql, context, excluding, statements)
        return filter.arrange(stored + others.map { filter.placed($0, context) })
      }
      // The carts that are left out may be the first ones.
      let most = filter.limit.map { $0.addingReportingOverflow(excluding.count) }
      let limit = most.map { $0.overflow ? "" : " LIMIT \($0.partialValue)" } ?? ""
      let statement = try statements.fresh(
        "SELECT id FROM cart WHERE \(sql.condition) ORDER BY \(order)\(limit)")
      statement.bind(sql.arguments)
      var keys: [Int64] = []
      while keys.count < filter.limit ?? .max, try statement.step() {
        let key = statement.int(0)
        if !excluding.contains(key) { keys.append(key) }
      }
      return keys
    }
  }

  /// What SQL says of a filter in this state of the database.
  func reading(_ filter: Filter, _ context: FilterContext, _ statements: Statements)
    throws(StoreError) -> FilterSQL
  {
    // Most filters ask for no total: then nothing is read.
    guard filter.asksForTotals, let totals else { return FilterSQL(filter, context) }
    return FilterSQL(
      filter, context, hasTotals: try totals.holds(for: context.settings, statements))
  }

  /// Reads by a filter, which takes two statements where it asks for totals.
  private func asked<T>(_ filter: Filter, _ body: (Statements) throws -> T) throws(StoreError) -> T
  {
    try filter.asksForTotals ? consistently(body) : read(body)
  }

  func count(matching filter: Filter, _ context: FilterContext, most: Int)
    throws(StoreError) -> Int?
  {
    try asked(filter) { statements in
      let sql = try reading(filter, context, statements)
      guard sql.isExact, sql.order(filter.sort) != nil else { return nil }
      let statement = try statements.fresh(
        "SELECT count(*) FROM (SELECT 1 FROM cart WHERE \(sql.condition) LIMIT \(most))")
      statement.bind(sql.arguments)
      return try statement.step() ? Int(statement.int(0)) : 0
    }
  }

  /// The carts that match, in no order.
  private func carts(
    _ filter: Filter, _ sql: FilterSQL, _ context: FilterContext, _ excluding: Set<Int64>,
    _ statements: Statements
  ) throws(StoreError) -> [Filter.Placed] {
    let statement = try statements.fresh(
      "SELECT \(CartTable.columns) FROM cart WHERE \(sql.condition)")
    statement.bind(sql.arguments)
    var carts: [Filter.Placed] = []
    let reading = FilterReading(filter, context)
    while try statement.step() {
      if excluding.contains(statement.int(0)) { continue }
      let cart = try LookTable(statements).looked(try statement.cart())
      if sql.isExact || reading.matches(cart) {
        carts.append(filter.placed(cart, context))
      }
    }
    return carts
  }

  func groups(by field: CartField, matching filter: Filter, _ context: FilterContext)
    throws(StoreError) -> [GroupRow]?
  {
    guard filter.limit == nil, let totals else { return nil }
    return try consistently { statements in
      guard try totals.holds(for: context.settings, statements) else { return nil }
      var sql = FilterSQL(filter, context, hasTotals: true)
      guard sql.isExact, let value = sql.group(field) else { return nil }
      // Two sums, as one of large amounts could be out of SQLite's range.
      let statement = try statements.fresh(
        """
        SELECT \(value) AS value, currency, count(*), sum(total / 1000000), sum(total % 1000000)
        FROM cart WHERE \(sql.condition) GROUP BY value, currency
        """)
      statement.bind(sql.arguments)
      var rows: [GroupRow] = []
      while try statement.step() {
        let currency = try ValueCodec.currency(statement.int(1))
        var total: CheckedSum?
        if !statement.isNull(3) {
          total = CheckedSum(millions: statement.int(3), rest: statement.int(4))
        }
        rows.append(
          GroupRow(
            value: field == .currency ? currency.code : statement.text(0), currency: currency,
            count: statement.int(2), total: total))
      }
      return rows
    }
  }
}

extension Filter {
  fileprivate var asksForTotals: Bool {
    sort.field == .total || expression.tests.contains { $0.field == .total }
  }
}

extension Statement {
  func bind(_ arguments: [FilterSQL.Argument]) {
    for (index, argument) in arguments.enumerated() {
      switch argument {
      case .int(let value): bind(Int32(index + 1), value)
      case .text(let text): bind(Int32(index + 1), text)
      }
    }
  }
}
