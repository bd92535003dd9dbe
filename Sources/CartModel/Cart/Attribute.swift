import CartSupport

/// A reported fact about a cart under a free name, as `utm_source`.
public struct Attribute: Equatable, Sendable {
  /// 1 … 64 of `a-z 0-9 _`.
  public let name: String
  /// 1 … 500 characters; a change that gives an empty one takes the attribute away.
  public let value: String

  public init(name: String, value: String) { (self.name, self.value) = (name, value) }

  /// The most on one cart.
  public static let most = 32
  private static let names = 1...64
  private static let values = 0...500

  /// - Throws: `malformed` for what no attribute can be called.
  public static func check(name: String) throws(ModelError) {
    guard names.contains(name.utf8.count),
      name.utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
      })
    else {
      throw ModelError(
        .malformed,
        "attribute \(quoted(name)): expected a name of 1 to 64 letters a-z, digits and _")
    }
  }

  static func check(_ name: String, _ value: String) throws(ModelError) {
    try check(name: name)
    guard values.contains(value.unicodeScalars.count) else {
      throw ModelError(
        .outOfRange,
        "attribute \(quoted(name)): expected at most 500 characters, got "
          + "\(value.unicodeScalars.count)")
    }
    guard !value.containsNUL else {
      throw ModelError(.malformed, "attribute \(quoted(name)): a text cannot hold a NUL")
    }
  }
}

/// One attribute, before and after; empty where it is not there.
public struct AttributeChange: Equatable, Sendable {
  public var name: String
  public var before: String
  public var after: String

  public init(_ name: String, before: String = "", after: String) {
    (self.name, self.before, self.after) = (name, before, after)
  }
}

extension Cart {
  /// Appends an attribute as it is stored.
  public mutating func restore(_ attribute: Attribute) { attributes.append(attribute) }

  /// The value of an attribute; empty for one that it has not.
  public func attribute(_ name: String) -> String {
    attributes.first { $0.name == name }?.value ?? ""
  }

  mutating func set(_ changes: [AttributeChange]) {
    for change in changes {
      attributes.removeAll { $0.name == change.name }
      guard !change.after.isEmpty else { continue }
      let place = attributes.firstIndex { $0.name > change.name } ?? attributes.endIndex
      attributes.insert(Attribute(name: change.name, value: change.after), at: place)
    }
  }

  /// What giving values to attributes changes; an empty one takes its attribute away.
  ///
  /// - Throws: `malformed`, `outOfRange`.
  func changes(_ given: [String: String]) throws(ModelError) -> [AttributeChange] {
    var changes: [AttributeChange] = []
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      try Attribute.check(name, value)
      try CardNumber.refuse(value, "attribute \(quoted(name))")
      let before = attribute(name)
      if before != value { changes.append(AttributeChange(name, before: before, after: value)) }
    }
    var changed = self
    changed.set(changes)
    guard changed.attributes.count <= Attribute.most else {
      throw ModelError(
        .outOfRange,
        "attributes: expected at most \(Attribute.most) on the cart \(id), got "
          + "\(changed.attributes.count)")
    }
    return changes
  }

  /// The changes that give it the attributes of another.
  func changes(to target: Cart) -> [AttributeChange] {
    let names = Set(attributes.map(\.name) + target.attributes.map(\.name)).sorted()
    return names.compactMap { name in
      let (before, after) = (attribute(name), target.attribute(name))
      return before == after ? nil : AttributeChange(name, before: before, after: after)
    }
  }
}
