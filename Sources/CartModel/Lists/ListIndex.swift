/// The entries of one list, so that the one that a person is on is found at once.
public struct ListIndex: Sendable {
  public let entries: [ListEntry]
  /// From this moment on one of them counts no more; nil for never.
  public let until: Timestamp?
  private let addresses: AddressIndex
  private let blocks: [Int]
  private var exact: [String: Int] = [:]
  private var domains: [String: Int] = [:]
  private var below: [String: Int] = [:]
  private var globs: [(Glob, Int)] = []
  private var countries: [String: Int] = [:]

  /// - Parameter now: entries that have expired by then are left out.
  public init(_ all: [ListEntry] = [], now: Timestamp) {
    entries = all.filter { $0.isActive(at: now) }
    until = entries.compactMap(\.expires).min()
    var (nets, blocks) = ([AddressBlock](), [Int]())
    for (index, entry) in entries.enumerated() {
      switch entry.pattern {
      case .ip(let block):
        nets.append(block)
        blocks.append(index)
      case .email(let pattern):
        switch pattern.kind {
        case .exact(let address): exact[address.description] = index
        case .domain(let domain): domains[domain] = index
        case .below(let domain): below[domain] = index
        case .glob(let glob): globs.append((glob, index))
        }
      case .country(let code): countries[code] = index
      }
    }
    let hasEmails = entries.contains { $0.pattern.kind == .email }
    fields = (blocks.isEmpty ? [] : [.ip]) + (hasEmails ? [.email] : [])
    addresses = AddressIndex(nets)
    self.blocks = blocks
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// Those fields of a shopper that its entries look at and that may be in no normal form.
  public let fields: [ShopperField]

  /// The entry that a person is on: the narrowest, e-mail before address before country.
  public func entry(for shopper: Shopper) -> ListEntry? {
    guard !entries.isEmpty else { return nil }
    return (email(shopper[.email]) ?? address(shopper[.ip]) ?? countries[shopper[.country]])
      .map { entries[$0] }
  }

  private func address(_ text: String) -> Int? {
    text.isEmpty ? nil : addresses.block(of: text).map { blocks[$0] }
  }

  private func email(_ text: String) -> Int? {
    guard !text.isEmpty, !exact.isEmpty || !domains.isEmpty || !below.isEmpty || !globs.isEmpty
    else { return nil }
    guard let address = EmailAddress(text) else {
      return EmailAddress.domain(of: text).flatMap(domain)
    }
    let whole = address.description
    if let index = exact[whole] { return index }
    if let (_, index) = globs.first(where: { $0.0.matches(whole) }) { return index }
    return domain(address.domain)
  }

  private func domain(_ name: String) -> Int? {
    if let index = domains[name] { return index }
    guard !below.isEmpty else { return nil }
    var rest = Substring(name)
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let index = below[String(rest)] { return index }
    }
    return nil
  }
}
