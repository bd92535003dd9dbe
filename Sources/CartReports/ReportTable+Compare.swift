import CartModel

extension ReportTable {
  /// The same figures of another span beside each compared one, and by how much they differ.
  ///
  /// Rows belong together by what they are called, those of times by their place.
  public func compared(with before: ReportTable, called label: String) -> ReportTable {
    var table = self
    table.scope.before = before.scope.range
    let wanted = columns.indices.filter { comparable.contains(columns[$0].name) }
    let names = columns.indices.filter { ["text", "id"].contains(columns[$0].type) }
    func key(_ row: [Cell]) -> String { names.map { row[$0].text }.joined(separator: "\u{1f}") }
    let others = Dictionary(
      before.rows.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
    func with(_ row: [Cell], _ other: [Cell]?) -> [Cell] {
      var out: [Cell] = []
      for (index, cell) in row.enumerated() {
        out.append(cell)
        guard wanted.contains(index) else { continue }
        let then = other.map { $0[index] } ?? .empty
        out += [then, Self.change(cell, then)]
      }
      return out
    }
    table.columns = columns.enumerated().flatMap { index, column -> [Column] in
      guard wanted.contains(index) else { return [column] }
      return [
        column, .init("\(column.name) before", column.type, "\(column.name), \(label)"),
        .init("\(column.name) ±%", "percent", "the difference in percent of before"),
      ]
    }
    table.rows = rows.enumerated().map { place, row in
      with(
        row,
        isByTime
          ? (before.rows.indices.contains(place) ? before.rows[place] : nil) : others[key(row)])
    }
    if !totals.isEmpty { table.totals = with(totals, before.totals.isEmpty ? nil : before.totals) }
    let own = Set(rows.map(key))
    let gone = isByTime ? 0 : before.rows.count { !own.contains(key($0)) }
    if gone > 0 { table.notes.append("\(gone) rows of before have none now and are not shown") }
    if var drill {
      let places = Dictionary(
        uniqueKeysWithValues: columns.indices.map { index in
          (index, index + 2 * wanted.count { $0 < index })
        })
      drill.columns = drill.columns.map { places[$0] ?? $0 }
      table.drill = drill
    }
    table.chart = nil
    return table
  }

  private static func change(_ now: Cell, _ before: Cell) -> Cell {
    let pair: (Int64, Int64)?
    switch (now, before) {
    case (.integer(let a), .integer(let b)): pair = (a, b)
    case (.money(let a), .money(let b)) where a.currency == b.currency: pair = (a.minor, b.minor)
    default: pair = nil
    }
    guard let (a, b) = pair else {
      return now == .outOfRange || before == .outOfRange ? .outOfRange : .empty
    }
    return .share(CheckedSum(a) - CheckedSum(b), of: CheckedSum(b))
  }
}
