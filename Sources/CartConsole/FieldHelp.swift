import CartExchange
import CartModel
import CartSupport

/// Help on fields, filters, events and exit codes, from their declarations.
public enum FieldHelp {
  /// `fields`, `filters`, `events` or `exit`; nil for another topic.
  public static func text(_ topic: String) -> String? {
    switch topic {
    case "fields": fields
    case "filters": filters
    case "events": EventHelp.text
    case "exit": exit
    default: nil
    }
  }

  static let topics = ["events", "exit", "fields", "filters"]

  private static var exit: String {
    ConsoleError.Exit.allCases.map { exit in
      "\(CellWidth.padded(String(exit.rawValue), to: 3, right: true))  \(exit.meaning)\n"
    }.joined() + """

      A filter that matches nothing is done, and standard error says what was searched. With 'partly
      done' the message says what was done, and how to undo it or to go on.

      """
  }

  private static var fields: String {
    let rows =
      CartField.all.map { field in
        (
          field.name, field.kind.word,
          field.about
            + (field.aliases.isEmpty ? "" : " Short: \(field.aliases.joined(separator: ", ")).")
        )
      }
      + CartFieldFamily.all.map { ("\($0.name).\($0.placeholder)", "text", $0.about) }
    let width = rows.map(\.0.count).max() ?? 0
    let kinds = rows.map(\.1.count).max() ?? 0
    return rows.map { name, kind, about in
      "\(CellWidth.padded(name, to: width))  \(CellWidth.padded(kind, to: kinds))  \(about)\n"
    }.joined() + columns
  }

  /// What `export` writes of other records than carts.
  private static var columns: String {
    func list<Record>(_ fields: [RecordField<Record>]) -> String {
      fields.filter(\.isExported).map(\.column).joined(separator: " ")
    }
    let clocked = CartField.all.filter { $0.column == nil }.map(\.name)
    return """

      An export takes --columns with these names, but not \(clocked.joined(separator: " and ")), which
      depend on the clock. Lines and orders have columns of their own, and those of their cart:

      lines     \(list(RecordField<LineRecord>.lines)) option.NAME
      orders    \(list(RecordField<OrderRecord>.orders))
      products  \(list(RecordField<Product>.products))

      """
  }

  private static let filters = """
    A filter is tests and words; all of them must hold.

      .carts country=DE,AT total>100 anna
      .carts (total>300 or shipping.country=CH) not coupon="" sort=-total limit=20

    test     FIELD SIGN VALUE without blanks; VALUE,VALUE is any of them, with != none of them
    sign     = != < <= > >= and ~ for a pattern; = on texts takes * too
    word     stands in the id, e-mail, name, phone, company, postal code, SKU, product or order
    join     or, and, not, ( ); quotes make text of anything
    ""       what is not known: phone="" finds it, != and not hold for it
    time     2026-11-28, "2026-11-28 14:00", 17:39, yesterday, "last monday", 2h; = means all of the
             day, minute or second
    ip       an address, a block as 203.0.113.0/24, or a pattern as 203.0.113.*
    status   without one, active and abandoned carts; status=any for all
    options  sort= limit= page= by= columns= at=, outside parentheses; also as --limit 20
    short    since= until= (updated), min_total= max_total= min_idle=

    In Lua and in one argument of a command, a text that begins with ( or not is an expression; any
    other is one test or one text. Fields: .help fields, or cartio help fields.

    """
}

extension CartField.Kind {
  /// What it is called in help.
  fileprivate var word: String {
    switch self {
    case .text, .title: "text"
    case .email: "e-mail"
    case .address: "ip"
    case .choice: "word"
    case .country: "country"
    case .currency: "currency"
    case .status: "status"
    case .number: "number"
    case .amount: "amount"
    case .time: "time"
    case .span: "duration"
    case .flag: "yes or no"
    }
  }
}
