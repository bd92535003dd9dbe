import CartEngine
import CartModel

/// The figures of the overview beside those that it would have under other rules.
public enum WhatIfReport {
  /// - Parameters:
  ///   - other: looks at the shop as it would be.
  ///   - keys: the keys of that shop's carts, and those that they have here.
  public static func table(
    _ title: String, _ query: ReportQuery, _ handler: CommandHandler, _ other: CommandHandler,
    keys: [Int64: Int64]
  ) throws(EngineError) -> ReportTable {
    do {
      let run = ReportRun(
        Report(name: "what-if", title: title) { _ in
          throw EngineError(.refused, "what-if: is no report by itself")
        }, query, handler, by: nil)
      let was = try Overview.Figures(run)
      let then = try Overview.Figures(ReportRun(run.report, query, other, by: nil))
      var lines = Lines(was: was, then: then, keys: keys)
      lines.add("all", count: 0, value: 3) { $0.all }
      if [was, then].contains(where: { $0.tally.sums()[0] != $0.tally.sums()[1] }) {
        lines.add("human", count: 1, value: 4) { $0.human }
      }
      var table = run.table(columns, lines.rows)
      table.drill = lines.drill
      return table
    } catch { throw EngineError(error) }
  }

  private static let columns: [ReportTable.Column] = [
    .init("figure", "text", "as in the overview: how carts stand now, and what follows from it"),
    .init("of", "text", "all carts created in the span, or only those of people"),
    .init("unit", "text", "carts, the currency of an amount, or %"),
    .init("as it was", "number", "as the event log has it"),
    .init("what if", "number", "with the other rule or policy enforced"),
    .init("difference", "number", "what if less as it was; behind a row are the carts that differ"),
  ]

  /// The rows, and the carts that make their differences.
  private struct Lines {
    let was: Overview.Figures
    let then: Overview.Figures
    let keys: [Int64: Int64]
    var rows: [[ReportTable.Cell]] = []
    var drill = Drill(columns: [5], rows: [])

    mutating func add(
      _ group: String, count: Int, value: Int, _ side: (Overview.Rate) -> ReportTable.Cell
    ) {
      add(
        "created", group, "carts", .count(was.tally.sums()[count]),
        .count(then.tally.sums()[count]), behind(count) { _ in true })
      for status in Status.allCases {
        func carts(_ figures: Overview.Figures) -> ReportTable.Cell {
          .count(figures.tally.sums { $0.status == status }[count])
        }
        add(
          status.rawValue, group, "carts", carts(was), carts(then),
          behind(count) { $0.status == status })
      }
      let currencies = Set(was.currencies + then.currencies).sorted { $0.code < $1.code }
      for currency in currencies {
        for status in Status.allCases {
          let place = Overview.Group(status: status, currency: currency)
          let (a, b) = (was.tally[place].sums[value], then.tally[place].sums[value])
          guard !a.isZero || !b.isZero else { continue }
          add(
            status.rawValue, group, currency.code, .money(a, currency), .money(b, currency),
            behind(value) { $0 == place })
        }
      }
      addRates(group, side)
    }

    private mutating func addRates(_ group: String, _ side: (Overview.Rate) -> ReportTable.Cell) {
      let (old, new) = (Overview.rates(was), Overview.rates(then))
      for rate in old.count < new.count ? new : old {
        func cell(_ rates: [Overview.Rate]) -> ReportTable.Cell {
          rates.first { $0.name == rate.name && $0.currency == rate.currency }.map(side) ?? .empty
        }
        add(rate.name, group, rate.currency?.code ?? "%", cell(old), cell(new), DrillRow())
      }
    }

    private mutating func add(
      _ name: String, _ group: String, _ unit: String, _ a: ReportTable.Cell, _ b: ReportTable.Cell,
      _ carts: DrillRow
    ) {
      rows.append([.text(name), .text(group), .text(unit), a, b, b.less(a)])
      drill.rows.append(carts)
    }

    /// The carts that count for more or less than they did, by their keys here.
    private func behind(_ place: Int, _ isMeant: (Overview.Group) -> Bool) -> DrillRow {
      var values: [Int64: CheckedSum] = [:]
      was.tally.forEach(place, where: isMeant) { values[$0, default: .init()] -= $1 }
      then.tally.forEach(place, where: isMeant) { values[keys[$0] ?? 0, default: .init()] += $1 }
      var row = DrillRow()
      for (cart, value) in values.sorted(by: { $0.key < $1.key }) where !value.isZero {
        row.carts.append(cart)
        // Figures of one cart are not negative, so that their difference fits.
        row.values.append(value.value ?? .max)
      }
      return row
    }
  }
}

extension ReportTable.Cell {
  /// Empty for what cannot be compared.
  fileprivate func less(_ other: Self) -> Self {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): .count(CheckedSum(a) - CheckedSum(b))
    case (.percent(let a), .percent(let b)):
      (CheckedSum(a.millionths) - CheckedSum(b.millionths)).value.map {
        .percent(Percent(millionths: $0))
      } ?? .outOfRange
    case (.money(let a), .money(let b)) where a.currency == b.currency:
      .money(CheckedSum(a.minor) - CheckedSum(b.minor), a.currency)
    case (.outOfRange, _), (_, .outOfRange): .outOfRange
    default: .empty
    }
  }
}
