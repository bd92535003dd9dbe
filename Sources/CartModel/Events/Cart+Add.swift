import CartSupport

/// Adding a line: which line of the cart it joins, and what its id is.
extension Cart {
  /// The places of the lines of the same SKU, options and price.
  public func places(alike line: Line) -> [Int] {
    lines.indices.filter { lines[$0].isAlike(line) }
  }

  /// The line of an id that is not its SKU; a SKU may stand on several lines.
  public func line(named id: String) -> Line? { lines.first { $0.id == id && $0.sku != id } }

  /// The line with its id in this cart: the given one, else that of the line it joins, else a new one.
  ///
  /// - Throws: `ambiguous` where several lines are alike.
  public func identified(_ line: Line) throws(ModelError) -> Line {
    guard line.id.isEmpty else { return line }
    let alike = places(alike: line)
    guard alike.count < 2 else {
      throw ModelError(
        .ambiguous,
        "line \(quoted(line.sku)): several lines of the cart \(id) have this SKU, these options and "
          + "this price; say which: " + alike.map { "#\($0 + 1)" }.joined(separator: ", "))
    }
    var named = line
    named.id = alike.first.map { lines[$0].id } ?? freeID(for: line.key)
    return named
  }

  /// The key where no line has it as its id, else `KEY~2`, `KEY~3`, …
  private func freeID(for key: String) -> String {
    let taken = Set(lines.map(\.id))
    guard taken.contains(key) else { return key }
    var number = 2
    while true {
      let end = "~\(number)"
      var base = key[...]
      while base.utf8.count + end.utf8.count > Line.idLimit { base.removeLast() }
      if !taken.contains(base + end) { return base + end }
      number += 1
    }
  }

  func decideAdd(_ given: Line, _ place: Int?, _ compensating: Bool) throws(ModelError)
    -> EventBody
  {
    guard !given.sku.isEmpty || given.facts.identifiesLine else {
      throw ModelError(.malformed, "sku: expected a text, got an empty one")
    }
    try check(given.sku, "sku", 255)
    let line = try identified(given)
    try check(line.id, "line", Line.idLimit)
    try check(line.name, "name", 4000)
    try check(line.image, "image", 4000)
    try check(line.options)
    if !compensating { try refuseCards(line.options) }
    guard lines.count < 2000 || compensating || lines.contains(where: { $0.id == line.id }) else {
      throw ModelError(.outOfRange, "cart \(id): expected at most 2000 lines")
    }
    let there = lines.first { $0.id == line.id }
    let quantity = line.quantity.addingReportingOverflow(there?.quantity ?? 0)
    guard Line.quantities.contains(line.quantity), !quantity.overflow,
      Line.quantities.contains(quantity.partialValue)
    else { throw badQuantity(line.quantity, there?.quantity) }
    if let there, there.sku != line.sku {
      throw there.refusal(of: line.sku, id)
    }
    // An id is one choice of options: what else it was chosen with would be lost.
    if let there, !line.options.isEmpty, there.options != line.options {
      throw ModelError(
        .conflict,
        "line \(quoted(line.id)): has \(Self.choice(there.options)) in the cart \(id), not "
          + Self.choice(line.options))
    }
    var grown = line
    grown.quantity = quantity.partialValue
    try checkSubtotal(replacing: there, with: grown)
    return .lineAdded(line, at: place)
  }

  private static func choice(_ options: [Line.Option]) -> String {
    options.isEmpty ? "no options" : "the options \(Line.text(options))"
  }
}

extension Line {
  /// What its id is made of where nobody gives one: its SKU, else what its store calls its product.
  fileprivate var key: String {
    guard sku.isEmpty else { return sku }
    return facts.product.isEmpty ? facts.kind.rawValue : "product-\(facts.product)"
  }

  /// The error where a line's id is given with another SKU.
  func refusal(of sku: String, _ cart: String) -> ModelError {
    ModelError(
      .conflict,
      "line \(quoted(id)): is \(quoted(self.sku)) in the cart \(cart), not \(quoted(sku))")
  }
}

/// - Throws: `outOfRange` where an option is too long.
func check(_ options: [Line.Option]) throws(ModelError) {
  for option in options { try check(option.name + option.value, "options", 4000) }
}

/// - Throws: `malformed` for options that have a card's number in them.
func refuseCards(_ options: [Line.Option]) throws(ModelError) {
  for option in options {
    for text in [option.name, option.value] {
      try CardNumber.refuse(text, "option \(quoted(option.name))")
    }
  }
}
