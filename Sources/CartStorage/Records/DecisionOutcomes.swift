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

extension StoreError {
  /// Another process goes on with a bulk run.
  package static func jobTaken(_ job: Int64) -> StoreError {
    StoreError(.conflict, "job \(job): another process goes on with it; see 'cartio jobs'")
  }
}
