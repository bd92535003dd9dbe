import CartReports
import CartSupport

/// How a table's columns share the width of a terminal: headers fold, then texts give way, numbers
/// never; what still has no room is left out and named.
struct TableLayout {
  /// The columns that are shown, by their places.
  private(set) var shown: [Int]
  /// Of each column, shown or not.
  private(set) var widths: [Int]
  /// Blanks between columns.
  private(set) var gap = 2
  private let columns: [ReportTable.Column]

  /// What a text keeps while other columns can go instead.
  private static let readable = 8
  private static let least = 3

  /// - Parameters:
  ///   - bodies: how wide each column's widest cell is, without its header.
  ///   - limit: columns of the terminal; nil for no limit.
  init(_ columns: [ReportTable.Column], bodies: [Int], limit: Int?) {
    self.columns = columns
    shown = Array(columns.indices)
    let headers = columns.map { CellWidth.of($0.name) }
    let natural = zip(headers, bodies).map { max($0, $1) }
    widths = natural
    guard let limit, total > limit else { return }
    let words = columns.map { $0.name.split(separator: " ").map { CellWidth.of(String($0)) } }
    let folded = zip(words, bodies).map { max($0.max() ?? 0, $1) }
    // A header of one word may be cut where what stands below is a short text.
    let cut = columns.indices.map { place in
      isText(place) ? min(folded[place], max(bodies[place], 5)) : folded[place]
    }
    while true {
      (widths, gap) = (natural, 2)
      shrink(to: folded, limit)
      shrink(to: cut, limit)
      squeeze(to: Self.readable, limit)
      guard total > limit else { return }
      gap = 1
      guard total > limit, shown.count > 2 else { break }
      // Amounts say nothing without their currency.
      let last = shown.last { columns[$0].name != "currency" }
      shown.removeAll { $0 == last }
    }
    squeeze(to: Self.least, limit)
  }

  /// Those without room.
  var hidden: [String] {
    columns.indices.filter { !shown.contains($0) }.map { columns[$0].name }
  }

  /// How wide a line is.
  var total: Int {
    shown.reduce(0) { $0 + widths[$1] } + gap * max(0, shown.count - 1)
  }

  /// A column's header in lines of whole words.
  func header(_ place: Int) -> [String] {
    var lines: [String] = []
    for word in columns[place].name.split(separator: " ") {
      if let last = lines.last, CellWidth.of(last) + 1 + CellWidth.of(String(word)) <= widths[place]
      {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private func isText(_ place: Int) -> Bool { columns[place].type == "text" }

  /// Narrows the columns that are furthest beyond their floor.
  private mutating func shrink(to floors: [Int], _ limit: Int) {
    while total > limit,
      let place = shown.max(by: { widths[$0] - floors[$0] < widths[$1] - floors[$1] }),
      widths[place] > floors[place]
    {
      widths[place] -= 1
    }
  }

  /// Narrows the widest texts.
  private mutating func squeeze(to least: Int, _ limit: Int) {
    while total > limit,
      let place = shown.filter({ isText($0) && widths[$0] > least }).max(by: {
        widths[$0] < widths[$1]
      })
    {
      widths[place] -= 1
    }
  }
}
