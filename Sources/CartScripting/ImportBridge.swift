import CartEngine
import CartExchange
import CartModel
import CartSupport
import LuaKit

/// Between an importer script and the import: what a row emits is imported once the row has ended.
final class ImportBridge {
  let target: EventImport
  private let decimal: DecimalMark?
  /// The line of the row under way, and its text.
  var line = 0
  var text = ""
  /// What the row can be asked for.
  var columns: [String] = []
  /// Whether a row may lack cells of those numbers.
  var isRagged = false
  /// Whether what is emitted is imported at once.
  var isDirect = false
  /// What ends the import, whatever the script does with the error: a full disk.
  private(set) var failure: EngineError?
  /// A mistake of the script that each row would repeat: an unknown column or key.
  private(set) var mistake: String?
  private var pending: [Effect] = []

  private enum Effect {
    case event(JSONValue, Int)
    case rejected(String, Int)
  }

  init(_ target: EventImport, decimal: DecimalMark?) {
    self.target = target
    self.decimal = decimal
  }

  func begin(line: Int, text: String) {
    (self.line, self.text) = (line, text)
    (pending, mistake) = ([], nil)
  }

  /// - Throws: for a key that events of this type do not have.
  func emit(_ event: JSONValue, _ line: Int?) throws {
    if let words = target.unknownKey(in: event) {
      mistake = words
      throw LuaRaise("emit: " + words)
    }
    var (event, reason) = (event, String?.none)
    if let decimal { event = event.withPlainAmounts(decimal, &reason) }
    pending.append(
      reason.map { .rejected($0, line ?? self.line) } ?? .event(event, line ?? self.line))
    if isDirect { try commit() }
  }

  func reject(_ reason: String, _ line: Int?) throws {
    pending.append(.rejected(reason, line ?? self.line))
    if isDirect { try commit() }
  }

  /// Hands over what the row gave.
  func commit() throws(EngineError) {
    defer { pending = [] }
    do throws(EngineError) {
      for effect in pending {
        switch effect {
        case .event(let event, let line): try target.accept(event, number: line)
        case .rejected(let reason, let line): try target.reject(line, reason, text)
        }
      }
    } catch {
      failure = error
      throw error
    }
  }

  /// What a row answers for a key that it does not have.
  func answer(missing key: LuaValue) throws -> [LuaValue] {
    switch key {
    case .integer where isRagged: return [.nil]
    case .string(let name): return try missing("r.\(name)", didYouMean(name, among: columns))
    case .integer(let number): return try missing("r[\(number)]", "")
    default: return [.nil]
    }
  }

  private func missing(_ what: String, _ hint: String) throws -> [LuaValue] {
    let names = columns.prefix(20).map { printable($0) }.joined(separator: ", ")
    let words =
      "\(printable(String(what.prefix(80)))): no such column\(hint.isEmpty ? "" : hint)"
      + (hint.hasSuffix("?") ? " The" : "; the") + " file has \(names)"
      + (columns.count > 20 ? " and \(columns.count - 20) more" : "")
    mistake = words
    throw LuaRaise(words)
  }
}

extension JSONValue {
  /// About how many bytes its text takes.
  var size: Int {
    switch self {
    case .null, .bool: 5
    case .number(let text), .string(let text): text.utf8.count + 2
    case .array(let items): items.reduce(2) { $0 + $1.size + 1 }
    case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + $1.value.size + 4 }
    }
  }

  /// Members of an event that are amounts or counts.
  private static let amounts: Set<String> = [
    "price", "quantity", "total", "stock", "subtotal", "discount", "shipping", "handling", "fees",
    "tax", "amount", "weight", "cost",
  ]

  /// The event with the amounts that are texts in another form, of its lines too.
  ///
  /// - Parameter reason: set where a text is no number of that form.
  func withPlainAmounts(_ mark: DecimalMark, _ reason: inout String?) -> JSONValue {
    guard case .object(var members) = self else { return self }
    for index in members.indices {
      let key = members[index].key
      switch members[index].value {
      case .string(let text) where Self.amounts.contains(key) && !text.isEmpty:
        guard let plain = mark.plain(text) else {
          let example = mark == .comma ? "1.234,56" : "1,234.56"
          reason = "\(key): expected a number as \(example), got \(quoted(text))"
          return self
        }
        members[index].value = .string(plain)
      case .array(let items) where key == "lines" || key == "taxes" || key == "coupons":
        members[index].value = .array(items.map { $0.withPlainAmounts(mark, &reason) })
      default: break
      }
    }
    return .object(members)
  }
}
