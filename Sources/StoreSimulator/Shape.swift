import CartSupport

/// What the specification lets a body or a query parameter be.
indirect enum Shape: Sendable {
  case any
  case text
  case int
  case number
  case bool
  case list(Shape)
  case record([String: Shape], needs: [String] = [])
  case optional(Shape)
  case oneOf([String])
  case map

  /// What is wrong with a value; nil where nothing is.
  func problem(of value: JSONValue, at path: String = "body") -> String? {
    switch (self, value) {
    case (.any, _), (.text, .string), (.bool, .bool), (.number, .number), (.optional, .null):
      return nil
    case (.int, .number(let text)):
      return Int64(text) == nil ? "\(path): \(text) is no whole number" : nil
    case (.oneOf(let names), .string(let text)):
      return names.contains(text) ? nil : "\(path): '\(text)' is none of \(names)"
    case (.optional(let shape), _): return shape.problem(of: value, at: path)
    case (.list(let shape), .array(let items)):
      return items.enumerated().lazy.compactMap { shape.problem(of: $1, at: "\(path)[\($0)]") }
        .first
    case (.map, .object(let members)):
      return members.lazy.compactMap { Shape.text.problem(of: $0.value, at: "\(path).\($0.key)") }
        .first
    case (.record(let shapes, let needs), .object(let members)):
      if let missing = needs.first(where: { value[$0] == nil }) {
        return "\(path): '\(missing)' is missing"
      }
      for member in members {
        guard let shape = shapes[member.key] else { return "\(path): '\(member.key)' is not known" }
        let place = "\(path).\(member.key)"
        if let problem = shape.problem(of: member.value, at: place) { return problem }
      }
      return nil
    default: return "\(path): \(value.kind) is not allowed"
    }
  }

  /// What is wrong with the text of a query parameter.
  func problem(ofText text: String) -> String? {
    switch self {
    case .int: Int64(text) == nil ? "'\(text)' is no whole number" : nil
    case .number: Amount(text) == nil ? "'\(text)' is no number" : nil
    case .bool: ["true", "false", "0", "1"].contains(text) ? nil : "'\(text)' is no boolean"
    case .oneOf(let names): names.contains(text) ? nil : "'\(text)' is none of \(names)"
    case .list(let shape):
      text.split(separator: ",", omittingEmptySubsequences: false).lazy
        .compactMap { shape.problem(ofText: String($0)) }.first
    default: nil
    }
  }

  /// A time in either form.
  static let time = Shape.text
}
