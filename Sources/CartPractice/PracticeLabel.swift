/// Who is behind a cart of the practice store.
public enum PracticeLabel: String, CaseIterable, Sendable {
  case human
  /// Puts things into carts and never buys.
  case bot
  /// Tries stolen cards with small orders, many from one address.
  case cardTester = "card-tester"
  /// Takes what is scarce, in quantities, and mostly leaves it.
  case hoarder
  /// The shop's own, trying things out.
  case staff

  /// Fixed parts of the shoppers, so that small stores have all of them.
  init(index: Int) {
    switch index % 40 {
    case 11, 31: self = .bot
    case 17: self = .cardTester
    case 23: self = .hoarder
    case 38 where index % 80 == 38: self = .staff
    default: self = .human
    }
  }
}
