import CartModel
import CartStorage
import CartSupport

/// Whom an entry of the blacklist would hit, before it stands.
public struct ListPreview: Equatable, Sendable {
  /// Carts that are open now, and what they are worth in each currency.
  public var open = 0
  public var openValue: [MoneySum] = []
  /// Orders of the past, and their turnover.
  public var orders = 0
  /// Those of them that were cancelled or refunded, which add nothing to the turnover.
  public var ended = 0
  public var orderValue: [MoneySum] = []
  /// The part of the whole turnover, in the currency where it is largest; millionths of a percent.
  public var share = Percent(millionths: 0)
  /// Some of the carts, open ones first.
  public var examples: [String] = []
  /// Open carts whose IP or e-mail it cannot be compared with.
  public var unchecked = UncheckedCount()
  /// Why it wants a confirmation of its own.
  public var warnings: [String] = []

  /// How many carts it is about: what is typed to confirm it.
  public var carts: Int { open + orders }
}

extension ListEditor {
  /// Asks about a new entry of the blacklist, where it is dangerous or `confirm=N` is given.
  ///
  /// - Parameter showing: is shown whom it would hit, also where nothing is asked; nil where nobody
  ///   looks.
  /// - Throws: `unconfirmed`, `interrupted`.
  public func confirm(
    adding pattern: ListEntry.Pattern, to list: ListEntry.List, given word: String?,
    showing: ((ListPreview) -> Void)? = nil
  ) throws(EngineError) {
    guard list == .blacklist else { return }
    try confirm(given: word, showing) { () throws(EngineError) in try preview(pattern) }
  }

  /// As for one entry, for many.
  public func confirm(
    adding rows: [ListRow], given word: String? = nil, showing: ((ListPreview) -> Void)? = nil
  ) throws(EngineError) {
    let blocking = rows.filter { $0.list == .blacklist }
    guard !blocking.isEmpty else { return }
    try confirm(given: word, showing) { () throws(EngineError) in try preview(blocking) }
  }

  private func confirm(
    given word: String?, _ showing: ((ListPreview) -> Void)?,
    _ preview: () throws(EngineError) -> ListPreview
  ) throws(EngineError) {
    let shown = showing == nil ? nil : try preview()
    if let shown { showing?(shown) }
    try run.handler.confirmer.confirm(
      listing: { () throws(EngineError) -> ListPreview in
        if let shown { return shown }
        return try preview()
      }, given: word)
  }

  /// Whom an entry would hit.
  ///
  /// - Complexity: O(carts).
  public func preview(_ pattern: ListEntry.Pattern) throws(EngineError) -> ListPreview {
    var preview = try preview(Self.fields([pattern])) { pattern.matches($0) }
    preview.warnings = warnings(pattern) + preview.warnings
    return preview
  }

  /// Whom any of many entries would hit.
  public func preview(_ rows: [ListRow]) throws(EngineError) -> ListPreview {
    let index = ListIndex(
      rows.map {
        ListEntry(
          id: "", list: .blacklist, pattern: $0.pattern, author: run.actor, created: run.now)
      }, now: run.now)
    var preview = try preview(index.fields) { index.entry(for: $0) != nil }
    preview.warnings = rows.flatMap { warnings($0.pattern) }.prefix(5) + preview.warnings
    return preview
  }

  private static func fields(_ patterns: [ListEntry.Pattern]) -> [ShopperField] {
    let kinds = Set(patterns.map(\.kind))
    return (kinds.contains(.ip) ? [.ip] : []) + (kinds.contains(.email) ? [.email] : [])
  }

  /// - Parameter fields: those of a shopper that `matching` compares.
  private func preview(_ fields: [ShopperField], matching: (Shopper) -> Bool) throws(EngineError)
    -> ListPreview
  {
    var preview = ListPreview()
    var (open, hit, all) = (MoneySums(), MoneySums(), MoneySums())
    var late: [String] = []
    try run.reader.forEachCart { cart in
      if let order = cart.order { all.add(order.turnover) }
      if cart.state == .open { preview.unchecked.add(cart.shopper, fields) }
      guard cart.state == .open || cart.order != nil, matching(cart.shopper) else { return }
      if let order = cart.order {
        preview.orders += 1
        if !order.state.stands { preview.ended += 1 }
        hit.add(order.turnover)
        if late.count < 5 { late.append(cart.id) }
      } else {
        preview.open += 1
        if let total = try? cart.price(run.reader.settings).total { open.add(total) }
        if preview.examples.count < 5 { preview.examples.append(cart.id) }
      }
    }
    preview.examples = Array((preview.examples + late).prefix(5))
    (preview.openValue, preview.orderValue) = (
      open.amounts.filter { !$0.sum.isZero }, hit.amounts.filter { !$0.sum.isZero }
    )
    for hit in preview.orderValue {
      let part = hit.sum.ratio(of: all[hit.currency], scale: 100_000_000) ?? 0
      preview.share = Percent(millionths: max(preview.share.millionths, part))
    }
    if preview.share.millionths > run.reader.settings.lists.share.millionths {
      preview.warnings = [
        "its orders are \(preview.share.rounded) % of the turnover, more than \(run.reader.settings.lists.share) %"
      ]
    }
    return preview
  }

  private func warnings(_ pattern: ListEntry.Pattern) -> [String] {
    var list: [String] = []
    for own in run.reader.settings.lists.own where touches(pattern, own) {
      list.append("it is about \(printable(own)), which is the shop's own")
    }
    if case .ip(let block) = pattern,
      let net = Self.privateNets.first(where: {
        $0.block.contains(block) || block.contains($0.block)
      })
    {
      list.append("it is about \(net.block), \(net.what): a proxy of the shop's own, not a shopper")
    }
    return list
  }

  private func touches(_ pattern: ListEntry.Pattern, _ own: String) -> Bool {
    switch pattern {
    case .ip(let block):
      guard let mine = try? AddressBlock(own) else { return false }
      return block.contains(mine) || mine.contains(block)
    case .email(let pattern):
      guard let mine = try? EmailPattern(own) else { return false }
      switch mine.kind {
      case .exact(let address): return pattern.matches(address)
      default:
        // Anybody at the shop's domain.
        let domain = mine.description.split(separator: "@").last.map(String.init) ?? own
        return pattern == mine || EmailAddress("x@" + domain).map(pattern.matches) ?? false
          || pattern.description.hasSuffix("@" + domain)
      }
    case .country: return false
    }
  }

  /// Addresses that no shopper comes from (RFC 1918, 6598, 3927, 1122, 4193, 4291).
  private static let privateNets: [(block: AddressBlock, what: String)] = [
    ("10.0.0.0/8", "a private net"), ("172.16.0.0/12", "a private net"),
    ("192.168.0.0/16", "a private net"), ("100.64.0.0/10", "a carrier's shared net"),
    ("169.254.0.0/16", "a link's own net"), ("127.0.0.0/8", "this machine itself"),
    ("fc00::/7", "a private net"), ("fe80::/10", "a link's own net"),
    ("::1", "this machine itself"),
  ].compactMap { text, what in (try? AddressBlock(text)).map { ($0, what) } }
}
