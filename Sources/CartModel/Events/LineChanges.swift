/// What a store says anew of a line; nil for what stays as it is.
///
/// Nothing is added by it: another price or name is no act of the shopper.
public struct LineChanges: Equatable, Sendable {
  public var name: String?
  public var price: UnitPrice?
  public var options: [Line.Option]?
  public var image: String?
  public var facts: LineFacts?

  public init(
    name: String? = nil, price: UnitPrice? = nil, options: [Line.Option]? = nil,
    image: String? = nil, facts: LineFacts? = nil
  ) {
    (self.name, self.price, self.options) = (name, price, options)
    (self.image, self.facts) = (image, facts)
  }

  /// What is otherwise in a line than it was, but its quantity.
  public init(from before: Line, to after: Line) {
    if before.name != after.name { name = after.name }
    if before.price != after.price { price = after.price }
    if before.options != after.options { options = after.options }
    if before.image != after.image { image = after.image }
    if before.facts != after.facts { facts = after.facts }
  }

  func applied(to line: Line) -> Line {
    var line = line
    if let name { line.name = name }
    if let price { line.price = price }
    if let options { line.options = options }
    if let image { line.image = image }
    if let facts { line.facts = facts }
    return line
  }
}

extension Cart {
  func decideRestate(_ reference: LineReference, _ changes: LineChanges) throws(ModelError)
    -> [EventBody]
  {
    let before = lines[try index(of: reference)]
    let after = changes.applied(to: before)
    try check(after.name, "name", 4000)
    try check(after.image, "image", 4000)
    try CartModel.check(after.options)
    try refuseCards(after.options)
    try checkSubtotal(replacing: before, with: after)
    return before == after ? [] : [.lineRestated(before, after)]
  }
}
