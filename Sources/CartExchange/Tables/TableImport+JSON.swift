import CartEngine
import CartModel
import CartSupport

/// Objects as rows.
extension TableImport {
  mutating func readJSON(_ each: (Int) throws -> Void) throws {
    while let line = try reader.next() {
      guard !line.isBlank else { continue }
      let shown = shownText(textPrefix(line.bytes, 4096))
      do throws(EngineError) {
        guard let text = line.text else {
          throw EngineError(.malformed, reader.input.invalidReason)
        }
        let json = try EngineError.mapping { try JSONParser.parse(text) }
        var rows = [(kind, try row(json, kind))]
        if kind == .carts, case .array(let lines)? = json["lines"] {
          for item in lines {
            var line = try row(item, .lines)
            line["cart"] = rows[0].1["id"]
            line["at"] = line["at"] ?? rows[0].1["updated"] ?? rows[0].1["created"]
            rows.append((.lines, line))
          }
        }
        try take(rows, line.number, shown)
      } catch {
        guard !error.endsRun else { throw error }
        try target.reject(line.number, error.message, shown)
      }
      try each(line.number)
    }
  }

  /// An object as a row, its inner objects under their prefixes.
  private mutating func row(_ json: JSONValue, _ kind: TableKind) throws(EngineError)
    -> TableRow
  {
    guard case .object(let members) = json else {
      throw EngineError(.malformed, "expected an object, got \(json.kind)")
    }
    let parts = [
      "shipping_address": "shipping.", "billing_address": "billing.", "options": "option.",
      "attributes": "attr.",
    ]
    var row = TableRow()
    for member in members {
      switch member.value {
      case .null:
        // Said to be nothing, which is not the same as not said.
        if let column = kind.column(member.key), !column.isComputed { row[column.name] = "" }
      case .object(let inner) where parts[member.key] != nil:
        for part in inner where part.value != .null {
          try set((parts[member.key] ?? "") + part.key, part.value, kind, &row)
        }
      case .array(let items) where member.key == "coupons":
        row["coupons"] = items.compactMap(\.string).joined(separator: " ")
      case .array where member.key == "lines" && kind == .carts: break
      case .array(let items) where member.key == "tags":
        row["tags"] = items.compactMap(\.scalar).joined(separator: ",")
      case .bool(let flag): try set(member.key, .string(flag ? "true" : "false"), kind, &row)
      default: try set(member.key, member.value, kind, &row)
      }
    }
    return row
  }

  private mutating func set(
    _ key: String, _ value: JSONValue, _ kind: TableKind, _ row: inout TableRow
  ) throws(EngineError) {
    guard let column = kind.column(key) else {
      throw EngineError(
        .malformed,
        "unknown key \(quoted(key)) for \(kind.rawValue)"
          + didYouMean(key, among: kind.columns.map(\.name)))
    }
    guard !column.isComputed else {
      if !ignored.contains(column.name) { ignored.append(column.name) }
      return
    }
    guard let text = value.scalar else {
      throw EngineError(.malformed, "\(key): expected a text, got \(value.kind)")
    }
    row[column.name] = text
  }
}
