import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// One page of a person: who they are, carts, orders, bans, notes.
struct CustomerPage: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ who: String) throws {
    let (shopper, keys) = try person(who)
    let carts = try keys.compactMap { try handler.reader.cart($0) }
    let ids = Dictionary(uniqueKeysWithValues: zip(carts.map(\.key), shortened(carts.map(\.id))))
    show(
      ReportTable(
        name: "customer", title: shopper.who, asOf: handler.now,
        columns: [.init("field"), .init("value")],
        rows: shopper.fields.map { [.text($0.field.key), .text($0.value)] }))
    heading("Carts")
    try CartList(workspace).show(carts: keys)
    let orders = carts.filter { $0.order != nil }
    if !orders.isEmpty { show(orders: orders, ids) }
    let entries = try listEntries(about: [shopper] + carts.map(\.shopper))
    if !entries.isEmpty { show(entries) }
    let notes = carts.flatMap { cart in cart.notes.map { (cart: cart, note: $0) } }
      .sorted { $0.note.at < $1.note.at }
    if !notes.isEmpty { show(notes, ids) }
    let held = carts.count { $0.state == .held }
    let turnover = MoneySums(orders.compactMap(\.order?.turnover)).amounts.map(\.description)
    let ended = orders.count { !($0.order?.state.stands ?? true) }
    io.messages(
      "\(CountText.carts(carts.count)), \(orders.count) ordered"
        + (turnover.isEmpty ? "" : " for \(turnover.joined(separator: ", "))")
        + (ended == 0 ? "" : " without the \(ended) cancelled or refunded") + ", \(held) held, "
        + "\(entries.count) on a list, \(CountText.count(notes.count, "note"))")
  }

  private func show(orders: [Cart], _ ids: [Int64: String]) {
    heading("Orders")
    show(
      ReportTable(
        name: "orders", title: "Orders", asOf: handler.now,
        columns: [
          .init("order", "id"), .init("status"), .init("at", "time"), .init("total", "money"),
          .init("currency"), .init("cart", "id"),
        ],
        rows: orders.compactMap { cart in
          cart.order.map {
            [
              .text($0.id), .text($0.state.description), .time($0.at), .money($0.total),
              .text(cart.currency.code), .text(ids[cart.key] ?? cart.id),
            ]
          }
        }))
  }

  private func show(_ entries: [ListEntry]) {
    heading("Lists")
    show(
      ReportTable(
        name: "lists", title: "Lists", asOf: handler.now,
        columns: [
          .init("list"), .init("kind"), .init("entry"), .init("until", "time"), .init("author"),
          .init("reason"),
        ],
        rows: entries.map {
          [
            .text($0.list.name), .text($0.pattern.kind.name), .text($0.pattern.text),
            $0.expires.map { .time($0) } ?? .empty, .text($0.author.description),
            .text($0.reason),
          ]
        }))
  }

  private func show(_ notes: [(cart: Cart, note: Note)], _ ids: [Int64: String]) {
    heading("Notes")
    show(
      ReportTable(
        name: "notes", title: "Notes", asOf: handler.now,
        columns: [.init("at", "time"), .init("by"), .init("cart", "id"), .init("note")],
        rows: notes.map {
          [
            .time($0.note.at), .text($0.note.by), .text(ids[$0.cart.key] ?? $0.cart.id),
            .text($0.note.text),
          ]
        }))
  }

  /// The one person that is meant: `@3`, an e-mail, a customer number, else a part of a name or an
  /// e-mail, or digits of a phone number.
  private func person(_ who: String) throws -> (shopper: Shopper, carts: [Int64]) {
    if who.hasPrefix("@") {
      let cart = try cart(who)
      let shopper = cart.shopper
      let number = shopper.customer > 0 ? String(shopper.customer) : shopper[.email]
      return try handler.reader.people.customer(number) ?? (shopper, [cart.key])
    }
    if let found = try handler.reader.people.customer(who) { return found }
    let people = try handler.reader.people.people(named: who)
    guard var person = people.first else {
      throw EngineError(
        .notFound,
        "no customer has \(quoted(who)) in name, e-mail or phone number; find carts by other words "
          + "with .carts")
    }
    if people.count > 1 {
      let what =
        "\(people.count)\(people.count > 5 ? " or more" : "") customers match \(quoted(who))"
      let names = people.map { person in
        [person.shopper.nameAndEmail, printable(person.shopper[.phone])].filter { !$0.isEmpty }
          .joined(separator: " ")
      }
      guard let picked = try handler.confirmer.choose(what, among: names) else {
        let all = names.enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ")
        throw EngineError(
          .ambiguous, "\(what): \(all). Type .customer \(printable(people[0].who)) for the first")
      }
      person = people[picked]
    }
    return try handler.reader.people.customer(person.who) ?? (person.shopper, person.carts)
  }

  /// What of the lists is about any of these, each once.
  private func listEntries(about people: [Shopper]) throws -> [ListEntry] {
    var found: [ListEntry] = []
    for list in ListEntry.List.allCases {
      for person in people {
        guard let entry = try handler.reader.entry(list, for: person),
          !found.contains(where: { $0.id == entry.id })
        else { continue }
        found.append(entry)
      }
    }
    return found
  }

  private func heading(_ title: String) {
    io.output("\n" + (mode == .table ? io.terminal.styled(title, .bold) + "\n" : ""))
  }
}
