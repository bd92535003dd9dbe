import CartModel
import CartStorage
import CartSupport

/// Finding carts by filters and by names.
extension CartReader {
  /// The keys of the carts that match, as this run sees them.
  public func keys(matching filter: Filter) throws(EngineError) -> [Int64] {
    if let moment = filter.at?.start ?? moment { return try keys(matching: filter, at: moment) }
    do throws(StoreError) {
      let mine = Set(unit.dirty.map(\.cart.key))
      let reading = FilterReading(filter, context)
      let changed = unit.dirty.map(\.cart).filter { reading.matches($0) }
      return try shop.store.keys(matching: filter, context, excluding: mine, with: changed)
    } catch { throw EngineError(error) }
  }

  /// A part of the carts that match, and how many there are in all.
  public struct Page {
    public var keys: [Int64]
    /// Or more, where counting ended.
    public var total: Int
    public var isMore = false
    /// Where counting ends.
    static let most = 100_000
  }

  /// - Parameter number: from 1; the filter's limit is a page's length.
  /// - Complexity: O(page) and a count for what SQL can say, else O(carts).
  public func page(_ number: Int, matching filter: Filter) throws(EngineError) -> Page {
    guard let length = filter.limit else {
      let keys = try keys(matching: filter)
      return Page(keys: keys, total: keys.count)
    }
    let (skipped, overflow) = (number - 1).multipliedReportingOverflow(by: length)
    let (end, overflow2) = skipped.addingReportingOverflow(length)
    guard !overflow, !overflow2 else {
      throw EngineError(.refused, "page: \(number) is beyond all pages")
    }
    var wanted = filter
    if filter.at == nil, moment == nil, unit.isClean {
      let total: Int?
      let most = max(Page.most, end)
      do throws(StoreError) {
        total = try shop.store.count(matching: filter, context, most: most)
      } catch { throw EngineError(error) }
      if let total {
        wanted.limit = end
        return Page(
          keys: Array(try keys(matching: wanted).dropFirst(skipped)), total: total,
          isMore: total == most)
      }
    }
    wanted.limit = nil
    let keys = try keys(matching: wanted)
    return Page(keys: Array(keys.dropFirst(skipped).prefix(length)), total: keys.count)
  }

  /// Finds the one cart that a name means.
  ///
  /// - Throws: `notFound`, and `ambiguous` with some of the carts that are meant.
  public func find(_ name: String) throws(EngineError) -> Int64 {
    let keys = try carts(meantBy: name, most: 1000)
    if keys.count == 1, let key = keys.first { return key }
    var names: [String] = []
    for key in keys { names.append(names.count < 5 ? try cart(key)?.id ?? "" : "") }
    throw EngineError(
      .ambiguous,
      "cart \(quoted(name)): several begin so: \(listed(names))"
        + (keys.count < 1000 ? "" : " or still more") + "; type more of it")
  }

  /// The carts that a name may mean: an id, an alias or an order number, else a prefix of at least 4
  /// characters of an id.
  ///
  /// - Parameter most: how many are looked for.
  /// - Throws: `notFound` if it does not exist.
  public func carts(meantBy name: String, most: Int = 10) throws(EngineError) -> [Int64] {
    if let key = try key(named: name) { return [key] }
    if let key = try key(order: name) { return [key] }
    guard name.count >= 4 else {
      throw EngineError(
        .notFound,
        "cart \(quoted(name)): expected an id or at least its first 4 characters")
    }
    var keys: Set<Int64>
    do throws(StoreError) {
      keys = Set(try shop.store.keys(prefix: name, limit: most))
    } catch { throw EngineError(error) }
    keys.formUnion(unit.newKeys(prefix: name))
    guard !keys.isEmpty else {
      throw EngineError(
        .notFound,
        "no cart has the id or order number \(quoted(name)); find it with .carts NAME or .carts E-MAIL"
      )
    }
    return keys.sorted()
  }

  /// The keys of carts whose claim has not run out, as this run sees them.
  ///
  /// - Parameter person: whose; nil for anybody's.
  public func keys(claimedBy person: String?) throws(EngineError) -> [Int64] {
    func isMeant(_ cart: Cart) -> Bool {
      guard let claim = cart.claim(at: moment ?? now) else { return false }
      return person == nil || claim.by == person
    }
    var keys: [Int64]
    if moment != nil {
      var filter = Filter()
      filter.allowAnyStatus()
      keys = try self.keys(matching: filter)
    } else {
      do throws(StoreError) { keys = try shop.store.keys(claimedBy: person, at: now) } catch {
        throw EngineError(error)
      }
      let known = Set(keys)
      keys = unit.dirty.map(\.cart.key).filter { !known.contains($0) } + keys
    }
    var found: [Int64] = []
    for key in keys {
      if let cart = try cart(key), isMeant(cart) { found.append(key) }
    }
    return found
  }
}
