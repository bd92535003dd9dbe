import CartModel

/// What became of a plan, in truthful numbers.
public struct ApplyReport: Equatable, Sendable {
  /// Carts that were changed.
  public var done = 0
  /// Carts that this plan had changed before.
  public var known = 0
  /// Carts that were not asked for.
  public var leftOut = 0
  /// Carts that are not as they were when the plan was made, with what changed.
  public var conflicts: [Conflict] = []

  public struct Conflict: Equatable, Sendable {
    public var cart: String
    public var reason: String
  }

  public init() {}
}

/// Which carts of a plan to do; ids, or their first characters.
public struct PlanSelection: Equatable, Sendable {
  public var only: [String]
  public var except: [String]

  public init(only: [String] = [], except: [String] = []) {
    self.only = only
    self.except = except
  }

  func contains(_ cart: String) -> Bool {
    (only.isEmpty || only.contains { Self.means($0, cart) })
      && !except.contains { Self.means($0, cart) }
  }

  static func means(_ name: String, _ cart: String) -> Bool {
    name == cart || name.count >= 4 && cart.hasPrefix(name)
  }
}
