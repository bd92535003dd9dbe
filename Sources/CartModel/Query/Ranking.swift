/// Whether `a` stands before `b` in a ranking: a missing value stands last, whatever the direction.
public func ranks<Value: Comparable>(_ a: Value?, _ b: Value?, descending: Bool = false) -> Bool {
  guard let a else { return false }
  guard let b else { return true }
  return descending ? b < a : a < b
}

/// Whether a text stands before another: by bytes, an empty one last.
public func ranks(_ a: String, _ b: String) -> Bool {
  a.isEmpty || b.isEmpty ? b.isEmpty && !a.isEmpty : a.utf8.lexicographicallyPrecedes(b.utf8)
}

/// Names that are one whatever their case, each shown as it was typed first.
public struct FoldedNames {
  private var typed: [String: String] = [:]

  public init() {}

  /// The name that stands for all of its case.
  public mutating func fold(_ name: String) -> String {
    let folded = name.lowercased()
    if let known = typed[folded] { return known }
    typed[folded] = name
    return name
  }
}
