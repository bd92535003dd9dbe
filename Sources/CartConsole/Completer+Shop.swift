import CartApplication
import CartEngine
import CartModel
import CartReports
import CartScripting
import CartSupport

/// Things of the shop that a line could name.
extension Completer {
  /// How many of the latest carts are looked at for an e-mail or a SKU.
  private static let latest = 5_000

  /// Open carts by the beginning of their id, else of those that changed last by e-mail or SKU.
  func carts(_ typed: String) -> [Candidate] {
    var found: [Cart] = []
    if !typed.isEmpty {
      let keys = (try? shop.store.keys(prefix: typed, limit: Self.most + 1)) ?? []
      found = keys.compactMap { try? handler.reader.cart($0) }.filter { $0.state == .open }
    }
    guard found.isEmpty else { return found.map(candidate) }
    let wanted = TextFold.folded(typed)
    try? shop.store.forEachLatestOpenCart(Self.latest) { cart in
      if wanted.isEmpty || TextFold.folded(cart.shopper[.email]).hasPrefix(wanted)
        || cart.lines.contains(where: { TextFold.folded($0.sku).hasPrefix(wanted) })
      {
        found.append(cart)
      }
      return found.count < (wanted.isEmpty ? 10 : Self.most + 1)
    }
    return found.map(candidate)
  }

  func candidate(_ cart: Cart) -> Candidate {
    let (now, settings) = (shop.now(), shop.settings)
    let total = (try? cart.price(settings).total).map { "\($0) \($0.currency)" } ?? ""
    let age = Span(milliseconds: max(0, now.milliseconds - cart.updated.milliseconds))
    return .init(cart.id, note: printable("\(total)  \(age)  \(cart.shopper[.email])"))
  }

  func products(_ typed: String) -> [Candidate] {
    let all = (try? handler.reader.catalogue.products(containing: typed)) ?? []
    let byCode = all.filter { $0.sku.hasPrefix(typed) }
    return (byCode.isEmpty ? all : byCode).map { .init($0.sku, note: printable($0.name)) }
  }

  func lines(_ typed: String, of word: String?) -> [Candidate] {
    guard let word, word != "@" || workspace.shown.hasCurrent, let cart = try? targets.cart(word)
    else {
      return products(typed)
    }
    return matching(
      typed,
      cart.lines.map { .init($0.code, note: printable("\($0.quantity) × \($0.name)")) })
  }

  func rules() -> [Candidate] {
    ((try? book.rules()) ?? []).map { .init($0.name, note: $0.mode) }
  }

  func reports() -> [Candidate] {
    // A file's reports by its text: asking the file would run it.
    let folder = home.rulesFolder
    var own: [String] = []
    for name in Files.list(folder) where name.hasSuffix(".lua") {
      let text = (try? Files.text(folder + "/" + name)) ?? ""
      own += text.matches(of: /\breport\s*\(?\s*["']([^"'\n]+)["']/).map { String($0.output.1) }
    }
    return BuiltInReports.titles.map { .init($0.name, note: $0.title) } + own.map { .init($0) }
  }

  func files(_ typed: String) -> [Candidate] {
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    return matching(
      typed,
      Files.list(folder.isEmpty ? "." : folder).map { name in
        .init(folder + name + (Files.isFolder(folder + name) ? "/" : ""))
      })
  }
}
