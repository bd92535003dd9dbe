import CartExchange
import CartModel
import CartSupport

/// What is to be imported, and how.
public struct ImportQuestion {
  /// What the rows of a file are.
  public enum Kind: Equatable, Sendable {
    case events
    case table(TableKind)
    case list(ListEntry.List)

    /// The words of `--as-type`.
    public static let names =
      ["events"] + TableKind.allCases.map(\.rawValue) + ListEntry.List.allCases.map(\.name)

    init?(_ name: String) {
      if name == "events" {
        self = .events
      } else if let list = ListEntry.List.allCases.first(where: { $0.name == name }) {
        self = .list(list)
      } else if let table = TableKind(rawValue: name) {
        self = .table(table)
      } else {
        return nil
      }
    }
  }

  public var path: String
  public let kind: Kind
  /// An importer script.
  public let script: String?
  /// Of the file; nil for UTF-8, or UTF-16 with a byte order mark.
  public let encoding: TextEncoding?
  /// Nil for a file beside the imported one.
  public var rejectsPath: String?
  /// Import all lines or none.
  public var isStrict = false
  /// Skip events of unknown types.
  public var isLenient = false
  /// Judge carts by the lists and rules, as if it happened now.
  public var isLive = false

  /// - Parameters:
  ///   - type: `events`, or what the rows of a table are.
  ///   - script: an importer script; nil for none.
  ///   - encoding: its name; nil for UTF-8, or UTF-16 with a byte order mark.
  /// - Throws: `usage` for a type or an encoding that there is not.
  public init(
    _ path: String, type: String = "events", script: String? = nil, encoding: String? = nil
  ) throws(ApplicationError) {
    guard let kind = Kind(type) else {
      throw .usage(
        "--as-type: expected \(Kind.names.joined(separator: ", ")), got \(quoted(type))"
          + didYouMean(type, among: Kind.names))
    }
    if let encoding, TextEncoding(encoding) == nil {
      throw .usage(
        "--encoding: expected a name as cp1252, latin1 or utf-16le, got \(quoted(encoding))")
    }
    guard kind == .events || script == nil else {
      throw .usage("--using: an importer makes events; not with --as-type \(type)")
    }
    (self.path, self.kind, self.script) = (path, kind, script)
    self.encoding = encoding.flatMap { TextEncoding($0) }
  }

  /// The file as messages of its lines call it.
  var name: String { path == "-" ? "standard input" : Files.name(path) }
}
