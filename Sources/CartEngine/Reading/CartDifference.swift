import CartModel

/// One thing that is otherwise in a cart than it was.
public struct CartDifference: Equatable, Sendable {
  public var what: String
  /// Empty where it was not there.
  public var before: String
  /// Empty where it is not there any more.
  public var after: String

  public init(what: String, before: String, after: String) {
    self.what = what
    self.before = before
    self.after = after
  }
}

extension CartDifference {
  static func between(
    _ before: Cart?, _ settingsBefore: StoreSettings, _ after: Cart, _ settings: StoreSettings
  ) -> [CartDifference] {
    var list: [CartDifference] = []
    func add(_ what: String, _ old: String?, _ new: String?) {
      if (old ?? "") != (new ?? "") {
        list.append(.init(what: what, before: old ?? "", after: new ?? ""))
      }
    }
    add("store id", before?.binding?.storeID, after.binding?.storeID)
    add("status", before.map(\.state.description), after.state.description)
    let old = before?.lines ?? []
    for line in old {
      let now = after.lines.first { $0.id == line.id }
      add("line \(line.id)", words(line, before), now.map { words($0, after) })
      if let now { add("name of line \(line.id)", line.name, now.name) }
    }
    for line in after.lines where !old.contains(where: { $0.id == line.id }) {
      add("line \(line.id)", nil, words(line, after))
    }
    add("coupons", before?.coupons.joined(separator: ", "), after.coupons.joined(separator: ", "))
    for field in ShopperField.allCases {
      add(field.key, before?.shopper[field], after.shopper[field])
    }
    let names = (before?.attributes ?? []).map(\.name) + after.attributes.map(\.name)
    for name in Set(names).sorted() {
      add("attr.\(name)", before?.attribute(name), after.attribute(name))
    }
    add("claimed by", before?.claim?.by, after.claim?.by)
    for note in before?.notes ?? [] where !after.notes.contains(note) {
      add("note", note.text, nil)
    }
    for note in after.notes where !(before?.notes.contains(note) ?? false) {
      add("note", nil, note.text)
    }
    add("order", before?.order?.id, after.order?.id)
    let totals = (before.flatMap { try? $0.price(settingsBefore) }, try? after.price(settings))
    add("subtotal", totals.0?.subtotal.description, totals.1?.subtotal.description)
    add("discount", totals.0?.discount.description, totals.1?.discount.description)
    add("shipping", totals.0?.shipping.description, totals.1?.shipping.description)
    add("handling", totals.0?.handling.description, totals.1?.handling.description)
    add("fees", totals.0?.fees.description, totals.1?.fees.description)
    add("tax", totals.0?.tax.description, totals.1?.tax.description)
    add("total", totals.0?.total.description, totals.1?.total.description)
    return list
  }

  private static func words(_ line: Line, _ cart: Cart?) -> String {
    let currency = cart?.currency ?? .eur
    let options = line.options.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    return "\(line.quantity) × \(line.code) at \(line.price.text(currency))"
      + (options.isEmpty ? "" : " (\(options))")
  }
}
