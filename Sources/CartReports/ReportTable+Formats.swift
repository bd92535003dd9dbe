import CartEngine
import CartModel
import CartSupport

extension ReportTable {
  /// RFC 4180, with a header; no totals, as every line is a row.
  public var csv: String {
    var writer = CSVWriter()
    writer.row(columns.map(\.name))
    for row in rows {
      writer.row(
        row.map { cell in
          if case .text(let text) = cell { .text(text) } else { .plain(cell.text) }
        })
    }
    return writer.text
  }

  /// The same for a terminal, on which no text may act.
  public var csvForTerminal: String { TerminalText.guarded(csv: csv) }

  /// `{"report":…, "shop":…, "as_of":…, "since":…, "until":…, "filters":[…], "columns":[…],
  /// "rows":[[…]], "totals":[…]}`; a list has no `since` and `until`.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.string("report", name)
      writer.string("shop", scope.shop)
      writer.string("as_of", asOf.description)
      Self.write("since", scope.range?.since, &writer)
      Self.write("until", scope.range?.until, &writer)
      if let before = scope.before {
        Self.write("since_before", before.since, &writer)
        Self.write("until_before", before.until, &writer)
      }
      writer.array("filters") { for word in scope.filters { $0.string(nil, word) } }
      writer.array("columns") { writer in
        for column in columns {
          writer.object {
            $0.string("name", column.name)
            $0.string("type", column.type)
          }
        }
      }
      writer.array("rows") { writer in
        for row in rows { writer.array { Self.write(row, &$0) } }
      }
      writer.array("totals") { Self.write(totals, &$0) }
    }
    writer.newline()
    return writer.text
  }

  private static func write(_ key: String, _ time: Timestamp?, _ writer: inout JSONWriter) {
    if let time { writer.string(key, time.description) } else { writer.null(key) }
  }

  private static func write(_ cells: [Cell], _ writer: inout JSONWriter) {
    for cell in cells {
      switch cell {
      case .empty: writer.null()
      case .integer(let number): writer.number(nil, number)
      case .number(let text): writer.raw(nil, text)
      default: writer.string(nil, cell.text)
      }
    }
  }

  /// A page of its own, with times in UTC and without the carts behind its rows.
  public var html: String { ReportPage(self) { $0.description }.html }
}
