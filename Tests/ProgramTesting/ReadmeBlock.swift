/// An indented block of the README, without its indent.
public struct ReadmeBlock {
  public let lines: [String]

  /// The folder of the project.
  public static func root(_ file: String = #filePath) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
  }

  /// - Parameter heading: the first block below it is taken.
  public init(_ heading: String, file: String = #filePath) throws {
    let text = readText(Self.root(file) + "/README.md")
    let below = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != heading }
    let block = below.drop { !$0.hasPrefix("    ") }.prefix { $0.hasPrefix("    ") }
    lines = block.map { String($0.dropFirst(4)) }
  }
}
