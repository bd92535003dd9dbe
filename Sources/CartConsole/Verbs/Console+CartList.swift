import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// Lists of carts: their columns, and what is said of a search.
extension Console {
  /// The columns that a filter asks for, of carts.
  func table(of carts: [Cart], _ columns: [CartField], title: String = "Carts")
    -> ReportTable
  {
    let isPiped = io.terminal.width == nil
    let context = handler.reader.context
    let ids = shortened(carts.map(\.id))
    let isID = columns.map { $0 == .id }
    let rows = carts.enumerated().map { index, cart -> [ReportTable.Cell] in
      let cells = zip(columns, isID).map { field, isID -> ReportTable.Cell in
        isID ? .text(ids[index]) : .init(field.value(cart, context))
      }
      return isPiped ? cells : [.integer(Int64(index) + 1)] + cells
    }
    return ReportTable(
      name: title.lowercased(), title: title, asOf: handler.now,
      columns: (isPiped ? [] : [.init("#", "integer")])
        + columns.map { .init($0.heading, $0.columnType) },
      rows: rows)
  }

  /// Says what else there is where nothing open was found, and what may have been meant.
  func say(nothingFor filter: Filter) throws {
    let counts = filter.namesStatus ? [] : try handler.reader.counts(ofAnyStatus: filter)
    if counts.isEmpty {
      let texts = filter.expression.texts
      io.messages(
        "0 carts" + (filter.namesStatus ? "" : " of any status")
          + (texts.isEmpty ? "" : " match: " + printable(texts.joined(separator: " "))))
    } else {
      let others = counts.map { "\(Self.grouped($0.count)) \($0.status.rawValue)" }
      io.messages("0 open carts; \(others.joined(separator: ", ")) (status=any)")
    }
    let parser = FilterParser(zone: shop.zone, now: handler.now)
    for word in filter.expression.words where parser.isTest(word) {
      io.messages(
        "note: \(quoted(word)) was searched as a text; without quotes around the whole it is a test"
      )
    }
    for test in filter.expression.tests where test.hasQuotedStar {
      io.messages(
        "note: \(printable(test.text)) has a * in quotes, which stands for itself; outside quotes * is "
          + "any text")
    }
    for test in filter.expression.tests where test.isWholePattern && !test.hasQuotedStar {
      io.messages(
        "note: \(printable(test.text)) means the whole value; * stands for any text, as "
          + "\(test.field.name)~*…*")
    }
  }

  /// Names attributes and options of a filter that no cart has.
  func say(missingIn filter: Filter) throws { try application.say(missingIn: filter) }
}

extension CartField {
  /// The type of a report's column.
  fileprivate var columnType: String {
    switch kind {
    case .number: "integer"
    case .amount: "money"
    case .time: "time"
    case .status: "id"
    case .text, .title, .email, .address, .choice, .country, .currency, .span, .flag:
      self == .id || self == .order ? "id" : "text"
    }
  }
}

extension ReportTable.Cell {
  fileprivate init(_ value: CartValue) {
    switch value {
    case .number(let number): self = .integer(number)
    case .amount(let money): self = money.map { .money($0) } ?? .empty
    case .time(let time): self = .time(time)
    case .text, .texts, .span, .status, .flag: self = .text(value.description)
    }
  }
}
