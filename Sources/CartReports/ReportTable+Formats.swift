import CartEngine
import CartModel

extension ReportTable {
  /// RFC 4180, with a header; no totals, as every line is a row.
  public var csv: String {
    CSV.line(columns.map(\.name)) + rows.map { CSV.line($0.map(\.text)) }.joined()
  }

  /// `{"report":…, "as_of":…, "columns":[…], "rows":[[…]], "totals":[…]}`.
  public var json: String {
    var writer = JSONWriter()
    writer.object { writer in
      writer.string("report", name)
      writer.string("as_of", asOf.description)
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

  /// A page of its own, with nothing loaded from elsewhere.
  public var html: String {
    func row(_ cells: [Cell], _ tag: String) -> String {
      "<tr>"
        + zip(columns, cells).map { column, cell in
          "<\(tag)\(column.isNumeric ? " class=n" : "")>\(Self.escaped(cell.text))</\(tag)>"
        }.joined() + "</tr>\n"
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }
      table { border-collapse: collapse } th, td { padding: .25rem .9rem; text-align: left }
      th { border-bottom: 2px solid #444 } td { border-bottom: 1px solid #ddd }
      .n { text-align: right; font-variant-numeric: tabular-nums }
      tfoot td { font-weight: 600; border-top: 2px solid #444 } p { color: #666 }
      </style></head><body>
      <h1>\(Self.escaped(title))</h1>
      <table><thead>
      \(row(columns.map { .text($0.name) }, "th"))</thead><tbody>
      \(rows.map { row($0, "td") }.joined())</tbody>
      \(totals.isEmpty ? "" : "<tfoot>" + row(totals, "td") + "</tfoot>")</table>
      <p>As of \(Self.escaped(asOf.description)).</p>
      </body></html>

      """
  }

  private static func escaped(_ text: String) -> String {
    printable(text).reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.append(character)
      }
    }
  }
}
