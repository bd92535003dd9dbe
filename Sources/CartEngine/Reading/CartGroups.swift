import CartModel
import CartStorage
import CartSupport

/// Carts counted by what one of their fields says; one with several values of it counts for each.
public struct CartGroups {
  public struct Group {
    public var value: String
    public var count: Int64 = 0
    public var totals = MoneySums()
  }

  /// Fields that can be grouped by.
  public static let names: [String] = CartField.all.filter(\.isGroup).map(\.name).sorted()

  let field: CartField
  private let context: FilterContext
  private var groups: [String: Group] = [:]
  /// Of e-mails and domains, whose case does not matter.
  private var names: FoldedNames?

  /// - Throws: `malformed` for a field that cannot be grouped by.
  public init(by name: String, _ context: FilterContext) throws(ModelError) {
    (field, self.context) = (try Self.field(name), context)
    if field == .email || field == .domain { names = FoldedNames() }
  }

  /// The field of a name that carts can be grouped by.
  ///
  /// - Throws: `malformed`, with a suggestion.
  public static func field(_ name: String) throws(ModelError) -> CartField {
    guard let field = try? CartField.named(name), field.isGroup else {
      throw ModelError(
        .malformed,
        "by: expected one of \(names.joined(separator: ", ")), got \(quoted(name))"
          + didYouMean(name, among: names))
    }
    return field
  }

  public mutating func add(_ cart: Cart) {
    let total = try? cart.price(context.settings).total
    for text in Set(field.value(cart, context, nil).groups) {
      let value = names?.fold(text) ?? text
      groups[value, default: Group(value: value)].count += 1
      if let total { groups[value]?.totals.add(total) }
    }
  }

  /// Adds carts that the store has counted.
  public mutating func add(_ row: GroupRow) {
    groups[row.value, default: Group(value: row.value)].count += row.count
    if let total = row.total { groups[row.value]?.totals.add(MoneySum(total, row.currency)) }
  }

  /// The largest first, those that are as large by their bytes, a missing value last.
  public var sorted: [Group] {
    groups.values.sorted {
      $0.count != $1.count ? $0.count > $1.count : ranks($0.value, $1.value)
    }
  }
}
