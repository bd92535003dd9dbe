import CartModel
import CartStorage
import CartSupport

/// The blacklist and the allowlist as a run sees them.
extension CartReader {
  /// The entries of a list, as this run sees them, by kind and text; expired ones too.
  public func entries(_ list: ListEntry.List) throws(EngineError) -> [ListEntry] {
    do throws(StoreError) {
      return try unit.listEntries().filter { $0.list == list }.sorted {
        ($0.pattern.kind.rawValue, $0.pattern.text, $0.id)
          < ($1.pattern.kind.rawValue, $1.pattern.text, $1.id)
      }
    } catch { throw EngineError(error) }
  }

  /// The entry of a list that a person is on, or was on at the moment that is read; nil for none.
  public func entry(_ list: ListEntry.List, for shopper: Shopper) throws(EngineError) -> ListEntry?
  {
    do throws(StoreError) {
      if let moment {
        if past.lists == nil { past.lists = PastLists(try shop.store.listEvents()) }
        return past.lists?.entry(list, for: shopper, at: moment, through: focusSeq)
      }
      try lists.update(now, unit)
    } catch { throw EngineError(error) }
    return switch list {
    case .blacklist: lists.hasBlacklist ? lists.blacklist.entry(for: shopper) : nil
    case .allowlist: lists.hasAllowlist ? lists.allowlist.entry(for: shopper) : nil
    }
  }

  /// What of a person a list has entries about and cannot compare: `IP 'unknown'`; empty for nothing.
  public func unchecked(_ list: ListEntry.List, for shopper: Shopper) throws(EngineError) -> String
  {
    do throws(StoreError) { try lists.update(now, unit) } catch { throw EngineError(error) }
    let index = list == .blacklist ? lists.blacklist : lists.allowlist
    return shopper.uncheckedText(index.fields)
  }
}
