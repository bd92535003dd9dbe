import CartEngine
import CartModel
import CartReports
import CartSupport

/// One cart in full, as the page of the Cartio app shows it.
struct CartPage {
  let terminal: Terminal
  let context: FilterContext
  let zone: ZoneRules
  /// What stands behind the status: `[not saved]`.
  let note: String

  func text(_ cart: Cart) -> String {
    let status = cart.status(at: context.now, context.settings)
    var out = terminal.styled("Cart \(printable(cart.id))", .bold)
    out +=
      "  "
      + (TableText.style(status).map { terminal.styled(status.rawValue, $0) } ?? status.rawValue)
    out += note.isEmpty ? "\n" : "  " + terminal.styled(note, .yellow) + "\n"
    let age = Span(
      milliseconds: max(0, context.now.milliseconds - cart.updated.milliseconds))
    out += row("Last update", "\(zone.text(cart.updated)) (\(age) ago), version \(cart.version)")
    if let order = cart.order {
      out += row(
        "Order",
        "\(printable(order.id)), \(order.state), \(order.total) \(cart.currency) at "
          + zone.text(order.at))
    }
    for (label, text) in store(cart) { out += row(label, text) }
    if let claim = cart.claim(at: context.now) {
      out += row("Claimed", "by \(claim.by) until \(zone.text(claim.until))")
    }
    for (label, field) in Self.facts {
      if let text = text(field, cart) { out += row(label, text) }
    }
    out += "\n" + lines(cart) + customer(cart) + payment(cart)
    return out + notes(cart)
  }

  private func customer(_ cart: Cart) -> String {
    var out = "\n" + terminal.styled("Customer", .bold) + "\n"
    for (label, field) in Self.shopper {
      if let text = text(field, cart) { out += row(label, text) }
    }
    for (name, shipping) in [("Billing", false), ("Shipping to", true)] {
      let parts = cart.shopper.fields.filter {
        $0.field.isAddress && $0.field.isShipping == shipping
      }
      if !parts.isEmpty { out += row(name, parts.map(\.value).joined(separator: ", ")) }
    }
    if !cart.attributes.isEmpty {
      let texts = cart.attributes.map { "\($0.name)=\($0.value)" }
      out += row("Attributes", texts.joined(separator: ", "))
    }
    return out
  }

  private func payment(_ cart: Cart) -> String {
    var out = "\n" + terminal.styled("Payment", .bold) + "\n"
    guard let totals = try? cart.price(context.settings) else {
      return out + row("Total", "out of range")
    }
    let method = shippingMethod(cart, totals)
    let codes =
      cart.coupons.isEmpty
      ? "none"
      : cart.coupons.map { code(of: $0, cart) }
        .joined(separator: ", ")
    var amounts: [(String, String)] = [
      ("Subtotal", totals.subtotal.description), ("Coupon", codes),
      ("Discount", totals.discount.minor == 0 ? "0" : "-\(totals.discount)"),
      (
        "Shipping fee" + (method.isEmpty || cart.lines.isEmpty ? "" : ", \(printable(method))"),
        totals.shipping.description
      ),
    ]
    if totals.handling.minor != 0 { amounts.append(("Handling", totals.handling.description)) }
    if totals.fees.minor != 0 { amounts.append(("Fees", totals.fees.description)) }
    amounts += taxes(cart, totals)
    amounts.append(("Grand total", "\(totals.total) \(cart.currency)"))
    if cart.isPending {
      amounts.append(("", "moved by a change that the store has not answered yet"))
    }
    let width = amounts.map { CellWidth.of($0.0) }.max() ?? 0
    for (name, value) in amounts { out += row(name, value, width) }
    return out
  }

  private func shippingMethod(_ cart: Cart, _ totals: Totals) -> String {
    if let stated = cart.stated { return stated.shippingName }
    return context.settings.shipping(
      (totals.subtotal.minor - totals.discount.minor), to: cart.destination
    ).method
  }

  /// The taxes by the store's names, where it states several.
  private func taxes(_ cart: Cart, _ totals: Totals) -> [(String, String)] {
    guard let stated = cart.stated else {
      let tax = context.settings.tax(in: cart.destination)
      let included = tax.included ? " included" : ""
      return [("Tax \(tax.rate) %\(included)", totals.tax.description)]
    }
    let name = stated.taxes.count == 1 ? stated.taxes.first?.name ?? "" : ""
    var rows = [("Tax" + (name.isEmpty ? "" : ", \(printable(name))"), totals.tax.description)]
    if stated.taxes.count > 1 {
      rows += stated.taxes.map { ("  \(printable($0.name))", Self.text($0.amount, cart.currency)) }
    }
    return rows
  }

  private static func text(_ amount: UnitPrice?, _ currency: Currency) -> String {
    (try? amount?.amount(1, currency))?.description ?? "unknown"
  }

  /// The fields that stand first among the facts about the shopper; the others follow.
  private static let first: [CartField] = [
    .session, .shopperType, .customer, .name, .email, .phone, .company, .group, .browser, .ip,
    .country,
  ]

  private static let shopper: [(label: String, field: CartField)] =
    (first + CartField.all.filter { !first.contains($0) }).compactMap { field in
      switch field.page {
      case .shopper(let label), .always(let label): (label, field)
      case .none, .cart: nil
      }
    }

  private static let facts: [(label: String, field: CartField)] = CartField.all.compactMap {
    if case .cart(let label) = $0.page { (label, $0) } else { nil }
  }

  /// A field's value as it is shown; nil where it is left out.
  private func text(_ field: CartField, _ cart: Cart) -> String? {
    let value = field.value(cart, context)
    if let stored = field.stored, cart.reported.contains(stored) {
      return value.description + " (reported)"
    }
    if case .always = field.page { return value.description }
    let isUnknown = value.isUnknown || field.isOptional && value == .number(0)
    return isUnknown ? nil : value.description
  }

  /// A coupon, and why it takes nothing off an open cart where it does not.
  private func code(of coupon: String, _ cart: Cart) -> String {
    if let stated = cart.stated {
      guard let part = stated.coupons.first(where: { $0.code == coupon }) else {
        return printable(coupon) + " (the store has not said what it takes off)"
      }
      let name = part.name.isEmpty ? "" : "\(printable(part.name)), "
      return printable(coupon) + " (\(name)-\(Self.text(part.amount, cart.currency)))"
    }
    guard cart.state == .open else { return printable(coupon) }
    if let miss = (try? cart.couponMiss(coupon, context.settings)).flatMap({ $0 }) {
      return printable(coupon) + " (takes nothing off: \(miss))"
    }
    // The totals have no clock: they are those of the cart's last change.
    guard let miss = context.settings.coupon(coupon)?.miss(at: context.now) else {
      return printable(coupon)
    }
    return printable(coupon) + " (\(miss); the next change of the cart ends its discount)"
  }

  private func notes(_ cart: Cart) -> String {
    guard !cart.notes.isEmpty else { return "" }
    var out = "\n" + terminal.styled("Notes", .bold) + "\n"
    for note in cart.notes {
      let label = "  " + zone.text(note.at) + "  "
      out += label + wrapped("\(printable(note.by)): \(printable(note.text))", CellWidth.of(label))
    }
    return out
  }

  /// A text in as many lines as it needs, all but the first of them indented.
  private func wrapped(_ text: String, _ indent: Int) -> String {
    guard let columns = terminal.width else { return text + "\n" }
    let width = max(20, columns - indent)
    var (out, line) = ("", "")
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = String(word)
      while CellWidth.of(line) + CellWidth.of(word) + 1 > width {
        if line.isEmpty {
          // A word that no line has room for is broken.
          let cut = CellWidth.cut(word, to: width).dropLast()
          out += cut + "\n" + String(repeating: " ", count: indent)
          word = String(word.dropFirst(max(1, cut.count)))
        } else {
          out += line + "\n" + String(repeating: " ", count: indent)
          line = ""
        }
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return out + line + "\n"
  }

  private func lines(_ cart: Cart) -> String {
    guard !cart.lines.isEmpty else { return "  (no lines)\n" }
    let images = cart.lines.contains { !$0.image.isEmpty }
    let options = cart.lines.contains { !$0.options.isEmpty }
    var columns: [ReportTable.Column] = [.init("#", "integer"), .init("sku"), .init("name")]
    if options { columns.append(.init("options")) }
    columns += [
      .init("quantity", "integer"), .init("unit price", "number"), .init("amount", "money"),
    ]
    if images { columns.append(.init("image")) }
    var rows: [[ReportTable.Cell]] = []
    for (index, line) in cart.lines.enumerated() {
      var row: [ReportTable.Cell] = [
        .integer(Int64(index) + 1), .text(line.sku), .text(line.name),
      ]
      if options {
        row.append(
          .text(line.options.map { "\($0.name): \($0.value)" }.joined(separator: ", ")))
      }
      row += [
        .integer(line.quantity), .number(line.price.text(cart.currency)),
        (try? cart.amount(of: line)).map { .money($0) } ?? .outOfRange,
      ]
      if images { row.append(.text(terminal.width == nil ? line.image : Self.linkText)) }
      rows.append(row)
    }
    let table = ReportTable(
      name: "lines", title: "", asOf: context.now, columns: columns, rows: rows)
    let text = TableText(terminal: terminal).text(table) { zone.text($0) }
    guard images, terminal.width != nil else { return text }
    // The links go in after the widths are known: they take no columns.
    let images2 = cart.lines.map(\.image)
    var number = -1
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      defer { number += 1 }
      guard number >= 0, number < images2.count, line.hasSuffix(Self.linkText) else {
        return String(line)
      }
      let link = images2[number].isEmpty ? "" : terminal.link(Self.linkText, to: images2[number])
      return line.dropLast(Self.linkText.count) + link
    }.joined(separator: "\n")
  }

  private static let linkText = "picture"

  private func row(_ name: String, _ value: String, _ width: Int = 12) -> String {
    let label = "  " + CellWidth.padded(name, to: width) + "  "
    let shown = value.isEmpty ? "–" : printable(value)
    guard let columns = terminal.width else { return label + shown + "\n" }
    return label + CellWidth.cut(shown, to: max(10, columns - CellWidth.of(label))) + "\n"
  }
}
