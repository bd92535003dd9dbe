/// Which entries of a list say no more than a wider one of it.
public struct ListCoverage {
  private var blocks: [AddressBlock: ListEntry] = [:]
  private var domains: [String: ListEntry] = [:]
  private var below: [String: ListEntry] = [:]
  private var exact: [String: ListEntry] = [:]
  private var countries: [String: ListEntry] = [:]

  public init(_ entries: [ListEntry]) {
    for entry in entries {
      switch entry.pattern {
      case .ip(let block): blocks[block] = entry
      case .country(let code): countries[code] = entry
      case .email(let pattern):
        switch pattern.kind {
        case .exact(let address): exact[address.description] = entry
        case .domain(let domain): domains[domain] = entry
        case .below(let domain): below[domain] = entry
        case .glob: break
        }
      }
    }
  }

  /// The narrowest entry that is about all that a pattern is about; nil for none.
  ///
  /// Patterns with `*` within a name are not compared.
  /// - Parameter isSame: whether one about exactly this counts.
  /// - Complexity: O(128) at most.
  public func entry(over pattern: ListEntry.Pattern, isSame: Bool) -> ListEntry? {
    switch pattern {
    case .country(let code): return isSame ? countries[code] : nil
    case .ip(let block):
      var length = isSame ? block.length : block.length - 1
      while length >= 0 {
        if let entry = blocks[block.around(length)] { return entry }
        length -= 1
      }
      return nil
    case .email(let pattern):
      switch pattern.kind {
      case .exact(let address):
        if isSame, let entry = exact[address.description] { return entry }
        return domains[address.domain] ?? parent(of: address.domain)
      case .domain(let domain):
        if isSame, let entry = domains[domain] { return entry }
        return parent(of: domain)
      case .below(let domain):
        return isSame ? below[domain] ?? parent(of: domain) : parent(of: domain)
      case .glob: return nil
      }
    }
  }

  /// What lies above a domain.
  private func parent(of domain: String) -> ListEntry? {
    var rest = Substring(domain)
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let entry = below[String(rest)] { return entry }
    }
    return nil
  }
}
