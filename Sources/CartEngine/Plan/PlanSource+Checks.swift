import CartModel
import CartSupport

/// What must hold before anything of a plan is done.
extension PlanSource {
  /// A name that means no cart of the plan is a mistake, known before anything is done.
  func check(_ selection: PlanSelection) throws(EngineError) {
    var unmatched = Set(selection.only + selection.except)
    guard !unmatched.isEmpty else { return }
    let names = try again()
    while let item = try names.next() {
      unmatched = unmatched.filter { !PlanSelection.means($0, item.change.cart) }
    }
    guard let cart = unmatched.sorted().first else { return }
    throw EngineError(
      .notFound,
      "plan \(name): has no cart \(quoted(cart)); expected an id, or its first 4 "
        + "characters")
  }

  /// A plan shows what its settings and rules make of it: under others it would show something else.
  func checkFits(_ shop: Shop, _ rules: [String: String]) throws(EngineError) {
    if plan.settings != shop.settings.json {
      let (then, now) = (
        try? JSONParser.parse(plan.settings), try? JSONParser.parse(shop.settings.json)
      )
      var names: [String] = []
      for json in [then, now] {
        guard case .object(let members)? = json else { continue }
        names += members.map(\.key).filter { then?[$0] != now?[$0] }
      }
      let list = Set(names).sorted().joined(separator: ", ")
      throw EngineError(
        .conflict,
        "the settings are not those that the plan was made with (\(list)); make it again")
    }
    guard plan.rules == rules else {
      let names = Set(plan.rules.keys).union(rules.keys).filter { plan.rules[$0] != rules[$0] }
      throw EngineError(
        .conflict,
        "the rules are not those that the plan was made with "
          + "(\(names.sorted().joined(separator: ", "))); make it again")
    }
  }
}
