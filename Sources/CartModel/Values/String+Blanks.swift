extension StringProtocol {
  /// Without the white space of Unicode at its ends: blanks, tabs, line ends, no-break spaces.
  public var trimmingBlanks: String {
    let isBlank = { (scalar: Unicode.Scalar) in
      scalar.value < 0x80
        ? scalar == " " || (0x09...0x0d).contains(scalar.value) : scalar.properties.isWhitespace
    }
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first..<scalars.index(after: last)])
  }
}
