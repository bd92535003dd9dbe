/// What a store states of a cart, and how changes of ours that wait for its answer move it.
extension Cart {
  /// What its store said last that it comes to; nil where it said nothing.
  public var stated: StatedTotals? {
    storeSide.isEmpty ? nil : storeSide.value?.stated
  }

  /// What its lines came to by our reckoning when the store said it.
  public var statedBases: [LineBase] {
    storeSide.isEmpty ? [] : storeSide.value?.bases ?? []
  }

  /// The versions of changes of ours that the store has not answered, the oldest first.
  public var waiting: [Int64] {
    storeSide.isEmpty ? [] : storeSide.value?.waiting ?? []
  }

  /// Whether a change of ours waits for the store's answer; never for a cart that this program owns.
  public var isPending: Bool { !waiting.isEmpty }

  /// Takes what its store says that it comes to now.
  ///
  /// Where it names neither what it answers nor what the lines come to, the store knows the cart as it is,
  /// with all changes of ours.
  mutating func setStated(_ stated: StatedTotals) {
    let bases: [LineBase] =
      stated.reckoned.isEmpty
      ? lines.map { LineBase(line: $0.id, minor: ownMinor($0)) }
      : stated.reckoned.map {
        LineBase(line: $0.name, minor: (try? $0.amount?.amount(1, currency).minor) ?? 0)
      }
    let answers = Set(stated.answers.map(\.version))
    changeStoreSide {
      ($0.stated, $0.bases) = (stated, bases)
      if stated.reckoned.isEmpty, answers.isEmpty {
        $0.waiting = []
      } else {
        $0.waiting.removeAll { answers.contains($0) }
      }
    }
  }

  /// Puts it back as it was stored.
  public mutating func restore(stated: StatedTotals?, bases: [LineBase], waiting: [Int64]) {
    changeStoreSide { ($0.stated, $0.bases, $0.waiting) = (stated, bases, waiting) }
  }

  /// Notes a change of ours that the store has to answer.
  mutating func wait(for version: Int64) { changeStoreSide { $0.waiting.append(version) } }

  /// Ends the wait for the store's answers: it does not have the cart any more.
  mutating func endWaiting() { if isPending { changeStoreSide { $0.waiting = [] } } }

  /// The store's figures, moved by what the lines came to since; nil where it stated none.
  ///
  /// - Throws: `outOfRange`.
  func statedTotals() throws(ModelError) -> Totals? {
    guard !storeSide.isEmpty, let side = storeSide.value, let stated = side.stated else {
      return nil
    }
    var totals = try stated.totals(currency)
    let moved = try moved(since: side.bases)
    guard moved.minor != 0 else { return totals }
    totals.subtotal = max(try totals.subtotal + moved, .zero(currency))
    totals.total = max(try totals.total + moved, .zero(currency))
    return totals
  }

  /// What the lines come to more than they did then.
  private func moved(since bases: [LineBase]) throws(ModelError) -> Money {
    var moved = Money.zero(currency)
    for line in lines { moved = try moved + line.price.amount(line.quantity, currency) }
    for base in bases { moved = try moved - Money(minor: base.minor, currency) }
    return moved
  }

  /// A line's amount as its store states it, moved by its pieces since; nil where it stated none.
  ///
  /// - Throws: `outOfRange`.
  func statedAmount(of line: Line) throws(ModelError) -> Money? {
    guard !storeSide.isEmpty, let side = storeSide.value, let stated = side.stated,
      let amount = stated.lines.first(where: { $0.name == line.id })?.amount,
      let base = side.bases.first(where: { $0.line == line.id })
    else { return nil }
    let own = try line.price.amount(line.quantity, currency)
    let moved = try amount.amount(1, currency) + own - Money(minor: base.minor, currency)
    return max(moved, .zero(currency))
  }

  private func ownMinor(_ line: Line) -> Int64 {
    (try? line.price.amount(line.quantity, currency).minor) ?? 0
  }
}

/// The larger of two amounts of one currency.
private func max(_ a: Money, _ b: Money) -> Money { a.minor < b.minor ? b : a }
