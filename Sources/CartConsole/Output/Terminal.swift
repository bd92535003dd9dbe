import Glibc

/// What the terminal is and can; the one place that asks the system for it.
public struct Terminal: Sendable {
  /// Columns; nil where the output is no terminal, and nothing need be cut.
  public var width: Int?
  public var hasColour: Bool

  public init(width: Int?, hasColour: Bool) {
    self.width = width
    self.hasColour = hasColour
  }

  /// The terminal behind standard output.
  public static func standard(_ environment: (String) -> String?) -> Terminal {
    guard isatty(1) == 1 else {
      return Terminal(width: nil, hasColour: environment("CLICOLOR_FORCE") == "1")
    }
    var size = winsize()
    var width = 80
    if ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { width = Int(size.ws_col) }
    if let columns = environment("COLUMNS").flatMap(Int.init), columns > 0 { width = columns }
    let plain = environment("NO_COLOR").map { !$0.isEmpty } ?? false
    return Terminal(
      width: max(width, 20), hasColour: !plain && environment("TERM") != "dumb")
  }

  /// Rows of the terminal behind standard output.
  static var height: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 3 else { return 24 }
    return Int(size.ws_row)
  }

  public static var isInteractive: Bool { isatty(0) == 1 && isatty(1) == 1 }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// A hyperlink of the terminal (OSC 8); nothing where that cannot be, or the address is odd.
  func link(_ text: String, to address: String) -> String {
    guard width != nil, hasColour, address.hasPrefix("https://") || address.hasPrefix("http://"),
      address.utf8.count < 2000,
      address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { return text }
    return "\u{1b}]8;;\(address)\u{1b}\\\(text)\u{1b}]8;;\u{1b}\\"
  }
}
