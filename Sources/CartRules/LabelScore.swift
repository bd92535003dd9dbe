import CartEngine
import CartModel
import CartSupport

/// How well a rule tells labelled carts apart.
public struct LabelScore: Equatable, Sendable {
  /// By label, the judged carts that it matched, and all of them.
  public private(set) var counts: [String: (caught: Int, of: Int)] = [:]
  /// The label that is meant; nil for all but `human`.
  public let meant: String?

  public init(meant: String? = nil) { self.meant = meant }

  mutating func count(_ label: String, isHit: Bool) {
    let (caught, all) = counts[label] ?? (0, 0)
    counts[label] = (caught + (isHit ? 1 : 0), all + 1)
  }

  private func isMeant(_ label: String) -> Bool {
    meant.map { $0 == label } ?? (label != Self.human)
  }

  public static let human = "human"

  /// Which part of the hits is meant; nil without hits.
  public var precision: Double? {
    let hits = counts.values.reduce(0) { $0 + $1.caught }
    return hits == 0 ? nil : Double(caughtAndMeant) / Double(hits)
  }

  /// Which part of what is meant was hit; nil where nothing is.
  public var recall: Double? {
    let all = counts.reduce(0) { $0 + (isMeant($1.key) ? $1.value.of : 0) }
    return all == 0 ? nil : Double(caughtAndMeant) / Double(all)
  }

  private var caughtAndMeant: Int {
    counts.reduce(0) { $0 + (isMeant($1.key) ? $1.value.caught : 0) }
  }

  public static func == (a: LabelScore, b: LabelScore) -> Bool {
    a.meant == b.meant && a.counts.keys == b.counts.keys
      && a.counts.allSatisfy { b.counts[$0.key].map { $0 } ?? (-1, -1) == $0.value }
  }
}

/// Reads a file of labels: `cart,label` a line, with a header.
public enum LabelFile {
  /// - Throws: `file`, and `malformed` for a line without a label.
  public static func read(_ path: String) throws -> [String: String] {
    var (labels, isFirst) = ([String: String](), true)
    let reader = try LineReader(path, wait: nil)
    var csv = CSVReader(reader.input)
    func next() throws(SupportError) -> CSVRecord? {
      do throws(SupportError) { return try csv.next() } catch { throw reader.failure(error) }
    }
    while let record = try next() {
      defer { isFirst = false }
      if record.isBlank || isFirst && record.cells == ["cart", "label"] { continue }
      if let fault = record.fault {
        throw EngineError(.malformed, "\(path):\(record.line): \(csv.reason(of: fault))")
      }
      guard record.cells.count == 2, record.cells.allSatisfy({ !$0.isEmpty }) else {
        throw EngineError(
          .malformed,
          "\(path):\(record.line): expected cart,label, got "
            + quoted(String(record.text.prefix(80))))
      }
      let (cart, label) = (record.cells[0], record.cells[1])
      if let before = labels.updateValue(label, forKey: cart), before != label {
        throw EngineError(
          .malformed,
          "\(path):\(record.line): cart \(quoted(cart)) is labelled \(quoted(label)) here and "
            + "\(quoted(before)) above; leave one of them")
      }
    }
    return labels
  }
}
