import CartEngine
import CartModel
import CartReports
import CartSupport
import CartTesting
import Testing

struct ReportTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func overviewBalances(seed: UInt64) throws {
    let test = try TestShop.practice(carts: 120, seed: seed)
    let handler = test.handler()
    try operation(handler) {
      for key in Int64(1)...6 where try handler.cart(key)?.state == .open {
        try handler.execute(key % 2 == 0 ? .hold() : .delete, on: key)
      }
    }
    _ = handler.begin("report")
    let table = try #require(try BuiltInReports.run("overview", ReportQuery(), handler))
    let counts = table.rows.compactMap { row -> Int64? in
      if case .integer(let count) = row[1] { count } else { nil }
    }
    #expect(counts.reduce(0, +) == 120)
    #expect(table.totals[1] == .integer(120))
    // Each figure can be opened into the carts behind it.
    for row in table.rows {
      guard case .text(let status) = row[0], case .integer(let count) = row[1] else { continue }
      let filter = try FilterParser(zone: .utc, now: handler.now).parse(["status=\(status)"])
      #expect(Int64(try handler.keys(matching: filter).count) == count)
    }
  }

  @Test func topAddedCountsWhatTheEventLogSays() throws {
    let test = try TestShop.practice(carts: 120, seed: 5)
    var added: [String: Int64] = [:]
    try test.shop.store.forEachEvent { entry in
      switch entry.event.body {
      case .lineAdded(let line, _): added[line.sku, default: 0] += line.quantity
      case .lineChanged(let line, let quantity):
        added[line.sku, default: 0] += max(0, quantity - line.quantity)
      default: break
      }
    }
    let handler = test.handler()
    let table = try #require(try BuiltInReports.run("top-added", ReportQuery(), handler))
    for row in table.rows {
      guard case .text(let sku) = row[0] else { continue }
      #expect(row[2] == .integer(added[sku] ?? 0))
    }
    #expect(table.totals[2] == .integer(added.values.reduce(0, +)))
    var none = ReportQuery()
    none.until = TestShop.start.advanced(by: -400 * 86_400_000)
    #expect(try BuiltInReports.run("top-added", none, handler)?.rows.isEmpty == true)
  }

  /// A shop with all that reports tell apart.
  private func varied(seed: UInt64) throws -> TestShop {
    let test = try TestShop.practice(carts: 150, seed: seed)
    let handler = test.handler()
    for key in Int64(1)...150 {
      try operation(handler) {
        guard let cart = try handler.cart(key) else { return }
        if key % 7 == 0 {
          try handler.execute(.flag(Cause(rule: "bot-fast", source: "", reason: "")), on: key)
        }
        if key % 11 == 0 {
          try handler.execute(.flag(Cause(rule: "far", source: "", reason: "")), on: key)
        }
        guard cart.state == .open else { return }
        if key % 5 == 0 {
          try handler.execute(.hold(), on: key)
        } else if key % 13 == 0 {
          try handler.execute(.delete, on: key)
        } else if key % 4 == 1, !cart.lines.isEmpty {
          try handler.execute(.order(.init(id: "")), on: key)
        }
      }
    }
    test.clock.advance(3 * 3_600_000)
    return test
  }

  /// Every report, every grouping: the rows' carts add up to the rows' figures.
  @Test(arguments: [1, 2] as [UInt64])
  func drilledCartsAddUpToEachFigure(seed: UInt64) throws {
    let test = try varied(seed: seed)
    let handler = test.handler()
    _ = handler.begin("reports")
    var opened = 0
    for report in BuiltInReports.all {
      for by in [""] + report.groupingNames {
        for words in [[], ["country=DE"]] {
          var query = ReportQuery(by: by)
          query.filter = try FilterParser(zone: .utc, now: handler.now).parse(words)
          guard words.isEmpty || report.filters else { continue }
          let table = try #require(try BuiltInReports.run(report.name, query, handler))
          #expect(table.notes.allSatisfy { !$0.contains("balance") }, "\(table.notes)")
          for row in table.rows { #expect(row.count == table.columns.count) }
          guard let drill = table.drill else { continue }
          #expect(drill.rows.count == table.rows.count)
          for (index, row) in drill.rows.enumerated() where !row.carts.isEmpty {
            opened += 1
            #expect(Set(row.carts).count == row.carts.count)
            for (place, column) in drill.columns.enumerated() {
              let sum = row.carts.indices.reduce(Int64(0)) { sum, cart in
                let values = drill.values(row: index, cart: cart)
                return sum + values[values.startIndex + place]
              }
              let figure: Int64? =
                switch table.rows[index][column] {
                case .integer(let count): count
                case .money(let money): money.minor
                default: nil
                }
              #expect(figure == sum, "\(report.name) \(by): row \(index), column \(column)")
            }
          }
        }
      }
    }
    #expect(opened > 200)
  }

  /// Recounted from the event log, by another way than the reports'.
  @Test(arguments: [3, 4] as [UInt64])
  func figuresAreWhatTheEventLogSays(seed: UInt64) throws {
    let test = try varied(seed: seed)
    let handler = test.handler()
    _ = handler.begin("reports")
    let now = handler.now
    var robots: Set<Int64> = []
    var (added, ordered, orders) = ([Int64: [String: Int64]](), [Int64: Int64](), Set<Int64>())
    var (acts, ends) = ([Int64: [Timestamp]](), [Int64: Timestamp]())
    try test.shop.store.forEachEvent { entry in
      let event = entry.event
      switch event.body {
      case .cartFlagged(let cause) where cause.rule.hasPrefix("bot"): robots.insert(event.cart)
      case .lineAdded(let line, _):
        added[event.cart, default: [:]][line.sku, default: 0] += line.quantity
      case .lineChanged(let line, let quantity):
        added[event.cart, default: [:]][line.sku, default: 0] += max(0, quantity - line.quantity)
      case .cartOrdered(let record):
        orders.insert(event.cart)
        ordered[event.cart] = record.total.minor
        ends[event.cart] = event.at
      case .cartHeld, .cartDeleted: ends[event.cart] = event.at
      default: break
      }
      if event.cart > 0, event.actor.isShopper { acts[event.cart, default: []].append(event.at) }
    }
    let top = try #require(try BuiltInReports.run("top-added", ReportQuery(), handler))
    for row in top.rows {
      guard case .text(let sku) = row[0] else { continue }
      #expect(row[2] == .integer(added.values.reduce(0) { $0 + ($1[sku] ?? 0) }))
      let human = added.filter { !robots.contains($0.key) }.values.reduce(0) { $0 + ($1[sku] ?? 0) }
      #expect(row[6] == .integer(human), "\(sku)")
    }
    #expect(!robots.isEmpty)
    let (left, recovered, revenue) = recovery(acts, ends, ordered, now)
    let table = try #require(try BuiltInReports.run("overview", ReportQuery(), handler))
    func row(_ name: String) -> [ReportTable.Cell] {
      table.rows.first { $0[0].text.hasPrefix(name) } ?? []
    }
    #expect(
      row("recovery")[2]
        == Percent(CheckedSum(Int64(recovered)), of: CheckedSum(Int64(left))).map { .percent($0) })
    #expect(row("recovered")[6].text == Money(minor: revenue, .eur).description)
    #expect(row("ordered")[1] == .integer(Int64(orders.count)))
    let share = Percent(CheckedSum(Int64(orders.count)), of: CheckedSum(150))
    #expect(row("conversion")[2] == share.map { .percent($0) })
    #expect(recovered > 0 && left > recovered)
    let days = try #require(try BuiltInReports.run("recovery", ReportQuery(), handler))
    let again = days.drill?.rows.reduce(into: Set<Int64>()) { $0.formUnion($1.carts) }
    #expect(again?.count == left)
  }

  /// Carts left for more than an hour, however often; those ordered after all, and what for.
  private func recovery(
    _ acts: [Int64: [Timestamp]], _ ends: [Int64: Timestamp], _ ordered: [Int64: Int64],
    _ now: Timestamp
  ) -> (left: Int, recovered: Int, revenue: Int64) {
    var (left, recovered, revenue) = (0, 0, Int64(0))
    for (cart, times) in acts {
      let end = ends[cart] ?? now
      let gaps = zip(times, times.dropFirst() + [max(end, times[times.count - 1])])
      guard gaps.contains(where: { $1.milliseconds - $0.milliseconds > 3_600_000 }) else {
        continue
      }
      left += 1
      guard let amount = ordered[cart] else { continue }
      recovered += 1
      revenue += amount
    }
    return (left, recovered, revenue)
  }

  /// Days and quarters together say what the events of any span say.
  @Test func countersOfAnySpanEqualARecount() throws {
    let test = try varied(seed: 9)
    var random = SeededRandom(seed: 9)
    var events: [(quarter: Int64, sku: String, added: Int64, ordered: Int64)] = []
    let parents = try test.shop.store.parents()
    try test.shop.store.forEachCart { cart in
      let history = History(try test.shop.store.history(of: cart.key), id: "", parents: parents)
      for event in history.events {
        switch event.body {
        case .lineAdded(let line, _):
          events.append((event.at.quarter, line.sku, line.quantity, 0))
        case .lineChanged(let line, let quantity):
          events.append((event.at.quarter, line.sku, max(0, quantity - line.quantity), 0))
        case .cartOrdered(let record):
          for line in record.lines { events.append((event.at.quarter, line.sku, 0, line.quantity)) }
        default: break
        }
      }
    }
    let quarters = events.map(\.quarter)
    let (low, high) = (quarters.min() ?? 0, quarters.max() ?? 0)
    for turn in 0..<200 {
      let from = turn % 10 == 0 ? .min : Int64(random.pick(Int(low) - 200...Int(high) + 200))
      let until = turn % 7 == 0 ? .max : max(from, low - 200) + Int64(random.pick(0...1400))
      let counts = try test.shop.store.counts(from: from, until: until)
      var added: [String: Int64] = [:]
      var ordered: [String: Int64] = [:]
      for event in events where event.quarter >= from && event.quarter < until {
        added[event.sku, default: 0] += event.added
        ordered[event.sku, default: 0] += event.ordered
      }
      for count in counts {
        #expect(count.added == added[count.sku] ?? 0, "\(from) \(until) \(count.sku)")
        #expect(count.ordered == ordered[count.sku] ?? 0, "\(from) \(until) \(count.sku)")
      }
      #expect(counts.reduce(0) { $0 + $1.added } == added.values.reduce(0, +))
      #expect(counts.reduce(0) { $0 + $1.ordered } == ordered.values.reduce(0, +))
    }
    #expect(try test.shop.check().problems == [])
  }

  @Test func aSpanIsComparedWithTheOneBefore() throws {
    let test = try TestShop.practice(carts: 120, seed: 6)
    let handler = test.handler()
    _ = handler.begin("report")
    func overview(_ since: Timestamp, _ until: Timestamp) throws -> ReportTable {
      let query = ReportQuery(since: since, until: until, by: "country")
      return try #require(try BuiltInReports.run("overview", query, handler))
    }
    let end = handler.now
    let middle = end.advanced(by: -6 * 86_400_000)
    let start = middle.advanced(by: -6 * 86_400_000)
    let (now, then) = (try overview(middle, end), try overview(start, middle))
    let table = now.compared(with: then, called: "before")
    #expect(
      table.columns.map(\.name).prefix(4) == ["country", "created", "created before", "created ±%"])
    for row in table.rows {
      #expect(row.count == table.columns.count)
      let other = then.rows.first { $0[0] == row[0] }
      #expect(row[2] == other?[1] ?? .empty)
      guard case .integer(let a) = row[1], case .integer(let b) = row[2], b > 0 else { continue }
      #expect(row[3].size.map { abs($0 - Double(a - b) / Double(b) * 100) <= 0.051 } == true)
    }
    // What can be opened is still the carts of now.
    let drill = try #require(table.drill)
    #expect(drill.columns.first == 1 && drill.rows == now.drill?.rows)
    for (place, column) in drill.columns.enumerated() {
      #expect(table.columns[column].name == now.columns[now.drill?.columns[place] ?? 0].name)
    }
  }
}
