import CartEngine
import CartModel

/// How well a rule tells labelled carts apart.
public struct LabelScore: Equatable, Sendable {
  /// By label, the judged carts that it was against, and all of them.
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
    var labels: [String: String] = [:]
    let lines = try Files.text(path).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, text) in lines.enumerated() {
      if text.isEmpty || number == 0 && text == "cart,label" { continue }
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw EngineError(
          .malformed,
          "\(path):\(number + 1): expected cart,label, got \(quoted(String(text.prefix(80))))")
      }
      let (cart, label) = (String(parts[0]), String(parts[1]))
      if let before = labels.updateValue(label, forKey: cart), before != label {
        throw EngineError(
          .malformed,
          "\(path):\(number + 1): cart \(quoted(cart)) is labelled \(quoted(label)) here and "
            + "\(quoted(before)) above; leave one of them")
      }
    }
    return labels
  }
}
