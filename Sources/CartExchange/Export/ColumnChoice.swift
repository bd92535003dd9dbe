import CartEngine
import CartModel
import CartSupport

/// The columns that an export is asked for: `--columns id,email,attr.utm_source`.
public struct ColumnChoice: Equatable, Sendable {
  let names: [String]

  /// Reads a list of names.
  public init(_ text: String) {
    names = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0).trimmingBlanks }
  }

  /// The fields of carts among them.
  public var fields: [CartField] { names.compactMap { try? CartField.named($0) } }

  /// The columns in the order in which they are named.
  ///
  /// - Parameters:
  ///   - kind: what is exported, for messages.
  ///   - other: a column that is not one of `known`, as `option.size`; nil for an unknown name.
  /// - Throws: `malformed` for a name that is unknown, empty or repeated.
  func columns<Row>(
    of known: [TableColumn<Row>], _ kind: Export.Kind,
    other: (String) throws(EngineError) -> TableColumn<Row>? = { _ in nil }
  ) throws(EngineError) -> [TableColumn<Row>] {
    let known = known.filter { $0.isWritten || $0.isComputed }
    var columns: [TableColumn<Row>] = []
    for name in names {
      guard !name.isEmpty else {
        throw EngineError(
          .malformed, "columns: expected names as \(Self.example(known)), got an empty one")
      }
      var found = known.first { $0.name == name } ?? known.first { $0.aliases.contains(name) }
      if found == nil { found = try other(name) }
      guard let column = found else {
        let names = known.map(\.name) + kind.cartColumns
        throw EngineError(
          .malformed,
          "columns: \(kind.rawValue) have no column \(quoted(name))"
            + (didYouMean(name, among: names).nonEmpty
              ?? "; they have \(known.map(\.name).joined(separator: ", "))"
              + kind.placeholders.map { ", " + $0 }.joined()))
      }
      guard !columns.contains(where: { $0.name == column.name }) else {
        throw EngineError(.malformed, "columns: \(quoted(column.name)) is given twice")
      }
      columns.append(column)
    }
    return columns
  }

  private static func example<Row>(_ known: [TableColumn<Row>]) -> String {
    known.prefix(3).map(\.name).joined(separator: ",")
  }
}

extension Export.Kind {
  /// Whether each of its rows has a cart, whose fields can be columns, too.
  fileprivate var hasCart: Bool {
    switch self {
    case .lines, .orders: true
    case .carts, .events, .products, .customers, .blacklist, .allowlist: false
    }
  }

  /// Names of fields of the carts that its rows belong to.
  fileprivate var cartColumns: [String] { hasCart ? TableColumn.carts.map(\.name) : [] }

  /// Columns of any name.
  fileprivate var placeholders: [String] {
    switch self {
    case .carts: ["attr.NAME", "option.NAME"]
    case .lines: ["option.NAME", "and the fields of its cart"]
    case .orders: ["and the fields of its cart"]
    case .events, .products, .customers, .blacklist, .allowlist: []
    }
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
