import CartSupport

extension CartField {
  /// The field of a name or a short name.
  ///
  /// - Throws: `malformed`, with a suggestion.
  public static func named(_ name: String) throws(ModelError) -> CartField {
    if let field = byName[name] { return field }
    if let dot = name.firstIndex(of: ".") {
      let (head, key) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
      if let family = CartFieldFamily.all.first(where: { $0.name == head }) {
        return try family.field(key)
      }
    }
    throw ModelError(
      .malformed, "filter: no field \(quoted(name))\(didYouMean(name, among: names))")
  }

  /// What can be written for a field, for help, completion and suggestions.
  public static let names: [String] =
    all.flatMap { [$0.name] + $0.aliases } + CartFieldFamily.all.flatMap(\.names)

  /// The fields of both addresses, in the order in which they are written.
  public static let addresses: [CartField] = CartFieldFamily.all.flatMap(\.fields)

  /// The field that a field of the shopper is held as.
  public static func of(_ field: ShopperField) -> CartField? { byShopper[field] }

  private static let byName: [String: CartField] = Dictionary(
    all.flatMap { field in ([field.name] + field.aliases).map { ($0, field) } },
    uniquingKeysWith: { first, _ in first })

  private static let byShopper: [ShopperField: CartField] = Dictionary(
    (all + addresses).compactMap { field in field.stored.map { ($0, field) } },
    uniquingKeysWith: { first, _ in first })
}
