/// What coupons take off the lines of a cart.
///
/// Each coupon names an amount and the lines that it may come from. Together they take off as much
/// of their amounts as those lines hold: no line goes below zero, and the sum does not depend on the
/// order of the coupons (it is a maximum flow from the coupons to the lines).
struct Discounts {
  /// What is left of each line, minor units.
  private(set) var left: [Int64]
  /// The lines that each coupon may take from, and what it takes from every line.
  private var coupons: [(lines: [Int], taken: [Int64])] = []

  /// - Parameter amounts: of the lines, minor units; a negative one counts as nothing.
  init(_ amounts: [Int64]) { left = amounts.map { max($0, 0) } }

  /// Takes an amount off some lines, as far as they hold it.
  ///
  /// What earlier coupons took from these lines moves to other lines of theirs where that makes room.
  /// - Parameter amount: minor units; nothing if negative.
  mutating func take(_ amount: Int64, from lines: [Int]) {
    let coupon = coupons.count
    coupons.append((lines, Array(repeating: 0, count: left.count)))
    var wanted = amount
    for line in lines where wanted > 0 && left[line] > 0 {
      let part = min(wanted, left[line])
      wanted -= part
      left[line] -= part
      coupons[coupon].taken[line] = part
    }
    while wanted > 0, let moved = makeRoom(for: coupon, wanted) { wanted -= moved }
  }

  /// Moves takings along the shortest chain of coupons that ends at a line with something left.
  ///
  /// - Returns: what the coupon takes more by it; nil where there is no such chain.
  private mutating func makeRoom(for coupon: Int, _ wanted: Int64) -> Int64? {
    // By line, the coupon that would take from it; by coupon, the line that it would give up.
    var taker: [Int: Int] = [:]
    var given: [Int: Int] = [:]
    var (queue, next) = ([coupon], 0)
    while next < queue.count {
      let own = queue[next]
      next += 1
      for line in coupons[own].lines where taker[line] == nil {
        taker[line] = own
        if left[line] > 0 { return move(to: line, taker, given, wanted) }
        for other in coupons.indices where other != coupon && given[other] == nil {
          guard coupons[other].taken[line] > 0 else { continue }
          given[other] = line
          queue.append(other)
        }
      }
    }
    return nil
  }

  private mutating func move(
    to end: Int, _ taker: [Int: Int], _ given: [Int: Int], _ wanted: Int64
  ) -> Int64 {
    var chain: [(line: Int, coupon: Int)] = []
    var amount = min(wanted, left[end])
    var line: Int? = end
    while let own = line, let coupon = taker[own] {
      chain.append((own, coupon))
      line = given[coupon]
      if let line { amount = min(amount, coupons[coupon].taken[line]) }
    }
    left[end] -= amount
    for (line, coupon) in chain {
      coupons[coupon].taken[line] += amount
      if let given = given[coupon] { coupons[coupon].taken[given] -= amount }
    }
    return amount
  }
}
