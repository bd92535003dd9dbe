import CartModel

/// Why a rule matches a cart, and what would have to differ for it not to.
public struct Explanation: Equatable, Sendable {
  public var verdict: Verdict
  /// Where the rule is stated: `hoard.lua:3`.
  public var place: String
  /// What the rule asked of the cart, with the answers, in the order of asking.
  public var facts: [Fact]
  /// The smallest change of one fact with which the rule would not be against the cart, tried out; nil
  /// where no single change does.
  public var way: Fact?

  public struct Fact: Equatable, Sendable {
    /// `quantity`, `lines[2].price`, `same(ip, 10m).carts`.
    public var name: String
    public var value: String
    /// Of a question about other carts, the latest of those that count.
    public var carts: [String]
    /// How many carts count.
    public var cartCount: Int

    public init(name: String, value: String, carts: [String] = [], cartCount: Int = 0) {
      self.name = name
      self.value = value
      self.carts = carts
      self.cartCount = max(cartCount, carts.count)
    }
  }

  public init(verdict: Verdict, place: String, facts: [Fact], way: Fact?) {
    self.verdict = verdict
    self.place = place
    self.facts = facts
    self.way = way
  }
}
