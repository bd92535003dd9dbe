import CartSupport

/// One entry of a cart. The SKU is an attribute: two engravings of one SKU are two lines, and a store's
/// line may have none.
public struct Line: Equatable, Sendable {
  /// Its name within the cart, never empty; the SKU unless the shop gave another. Empty only in a
  /// command that adds it: `Cart.identified` gives the id then.
  public var id: String
  public var sku: String
  public var name: String
  /// In the order of their names.
  public var options: [Option]
  /// 1 … 1,000,000.
  public var quantity: Int64
  public var price: UnitPrice
  /// The address of a picture, or empty.
  public var image: String
  var boxedFacts = Boxed<LineFacts>()

  public struct Option: Equatable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public static let quantities: ClosedRange<Int64> = 1...1_000_000
  /// The most bytes of an id.
  public static let idLimit = 255

  /// - Parameter id: the SKU is used where it is nil or empty.
  public init(
    id: String? = nil, sku: String, name: String = "", options: [Option] = [], quantity: Int64,
    price: UnitPrice, image: String = ""
  ) {
    self.id = id.flatMap { $0.isEmpty ? nil : $0 } ?? sku
    self.sku = sku
    self.name = name
    self.options = options
    self.quantity = quantity
    self.price = price
    self.image = image
  }
}

extension Line {
  /// The line without an id: added, it joins the cart's line that `isAlike`, else it gets a new id.
  public var unidentified: Line {
    var copy = self
    copy.id = ""
    return copy
  }

  /// Whether both are the same product at one price with one choice of options.
  public func isAlike(_ other: Line) -> Bool {
    sku == other.sku && price == other.price && options == other.options
      && (!sku.isEmpty || name == other.name && facts.isSameProduct(as: other.facts))
  }

  /// Whether it is the same entry of the cart, whatever its quantity: not another that took its place
  /// or its id.
  public func isSameEntry(as other: Line) -> Bool {
    id == other.id && sku == other.sku && options == other.options
  }

  /// What it can be typed by: its SKU, or its id where it has none.
  public var code: String { sku.isEmpty ? id : sku }

  /// What names it to a person: `Mug, white (colour: blue)`; the SKU where it has no name.
  public var label: String {
    printable(name.isEmpty ? code : name) + (options.isEmpty ? "" : " (\(Self.text(options)))")
  }

  /// Options for a person: `colour: blue, size: XL`.
  public static func text(_ options: [Option]) -> String {
    options.map { "\(printable($0.name)): \(printable($0.value))" }.joined(separator: ", ")
  }

  /// The label with the SKU.
  public var fullLabel: String {
    name.isEmpty || sku.isEmpty ? label : "\(label) [\(printable(sku))]"
  }
}

/// How a user names a line: its id, its SKU, or its place in the cart.
public enum LineReference: Equatable, Sendable, CustomStringConvertible {
  /// With a SKU, it must be the line's.
  case id(String, sku: String = "")
  case sku(String)
  /// 1 for the first line.
  case position(Int)
  /// An id if a line has it, else a SKU.
  case name(String)
  /// This very entry, as it was read.
  indirect case line(Line)

  /// Reads `#2` as a place, anything else as an id or SKU.
  public init(_ text: String) {
    if text.hasPrefix("#"), let position = Int(text.dropFirst()) {
      self = .position(position)
    } else {
      self = .name(text)
    }
  }

  public var description: String {
    switch self {
    case .id(let text, _), .sku(let text), .name(let text): text
    case .position(let position): "#\(position)"
    case .line(let line): line.id
    }
  }
}
