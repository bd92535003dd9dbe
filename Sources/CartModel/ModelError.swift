/// A wish or a value that the trade's rules refuse.
///
/// The message names the thing, what was expected and what came.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of refusal it is; new kinds may come.
  public enum Code: String, Sendable {
    case malformed
    case outOfRange
    case currencyMismatch
    case notFound
    case ambiguous
    case conflict
    case notAllowed
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

/// Shows text that a stranger typed: quoted, shortened, control characters escaped.
public func quoted(_ text: some StringProtocol, limit: Int = 60) -> String {
  var out = "'"
  var count = 0
  for scalar in text.unicodeScalars {
    guard count < limit else { return out + "…'" }
    out += escaped(scalar)
    count += 1
  }
  return out + "'"
}

/// Text that is safe on a terminal: C0, C1, bidirectional and line separators shown as `\x1b`.
///
/// - Complexity: O(n); text without such characters is returned as it is.
public func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
  return text.unicodeScalars.reduce(into: "") { $0 += escaped($1) }
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  guard isUnsafe(scalar) else { return String(scalar) }
  let digits = String(scalar.value, radix: 16)
  return scalar.value < 0x100
    ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{" + digits + "}"
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0: true
  case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
  default: false
  }
}
