/// Names in a row, `a, b and 3 more`: what is left out is counted.
///
/// - Parameter most: how many are named.
public func listed(_ names: [String], most: Int = 5) -> String {
  let shown = names.prefix(most).joined(separator: ", ")
  return names.count > most ? "\(shown) and \(names.count - most) more" : shown
}
