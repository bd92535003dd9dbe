import CartModel

extension Decision.Outcome {
  /// Whether a rule that decided so matched the cart, or a policy did something to it.
  package var isHit: Bool {
    switch self {
    case .hold, .flag, .order: true
    case .error, .left: false
    }
  }
}
