import CartReports

/// What a screen showed last, to light what is new.
struct WatchedTable {
  /// The texts of the rows' cells, by what the row is about.
  private var before: [String: [String]] = [:]
  private var isFirst = true

  /// What of a table is new: whole rows, and single cells of others, by their columns.
  mutating func news(_ table: ReportTable) -> (rows: Set<Int>, cells: [Int: Set<Int>]) {
    let key = table.columns.firstIndex { $0.type == "id" && $0.name != "status" } ?? 0
    var (rows, cells, now) = (Set<Int>(), [Int: Set<Int>](), [String: [String]]())
    for (index, row) in table.rows.enumerated() {
      let texts = row.map(\.text)
      guard key < texts.count else { continue }
      now[texts[key]] = texts
      guard !isFirst else { continue }
      guard let old = before[texts[key]] else {
        rows.insert(index)
        continue
      }
      let changed = texts.indices.filter { column in
        // Its place and its age change with the others and with time.
        !["#", "idle"].contains(table.columns[column].name) && old[column] != texts[column]
      }
      if !changed.isEmpty { cells[index] = Set(changed) }
    }
    (before, isFirst) = (now, false)
    return (rows, cells)
  }
}
