import CartEngine
import CartSupport

/// Damages a file of JSON lines as people and programs do; a seed fixes how.
public struct MutatedFile {
  public private(set) var lines: [String]
  /// Lines of another export.
  private let others: [String]
  private var random: SeededRandom

  public init(_ lines: [String], others: [String], seed: UInt64) {
    self.lines = lines
    self.others = others
    random = SeededRandom(seed: seed)
  }

  public var text: String { lines.joined(separator: "\n") }

  /// Makes between one and six changes.
  public mutating func mutate() {
    for _ in 0..<random.pick(1...6) where !lines.isEmpty { mutateOnce() }
  }

  private mutating func mutateOnce() {
    let place = random.pick(0...lines.count - 1)
    let other = random.pick(0...lines.count - 1)
    switch random.pick(0...13) {
    case 0: lines.remove(at: place)
    case 1: lines.removeSubrange(place..<min(lines.count, place + random.pick(1...12)))
    case 2: lines.removeLast(random.pick(0...lines.count / 2))
    case 3: lines.insert(lines[place], at: other)
    case 4: lines.swapAt(place, other)
    case 5: lines.swapAt(place, min(place + 1, lines.count - 1))
    case 6:
      empty(random.pick(["line", "sku", "group", "id", "code", "text", "by", "order"]), place)
    case 7: set("at", value("at", other) ?? "", from: place, count: random.pick(1...8))
    case 8: for index in lines.indices where random.chance(40) { remove("id", index) }
    case 9: if let id = value("id", other) { set("id", id, from: place, count: 1) }
    case 10: for index in lines.indices where random.chance(30) { remove("group", index) }
    case 11: if let group = value("group", other) { set("group", group, from: place, count: 2) }
    case 12: if !others.isEmpty { lines.insert(random.pick(others), at: place) }
    default:
      let key = random.pick(["target", "cart", "quantity", "position", "line", "actor"])
      if let text = value(key, other) { set(key, text, from: place, count: 1) }
    }
  }

  /// The text of a member whose value is a string or a number.
  private func value(_ key: String, _ index: Int) -> String? {
    guard let range = member(key, lines[index]) else { return nil }
    let parts = lines[index][range].split(separator: ":", maxSplits: 1)
    return parts.last.map(String.init)
  }

  private func member(_ key: String, _ line: String) -> Range<String.Index>? {
    guard let start = line.firstRange(of: "\"\(key)\":")?.lowerBound else { return nil }
    var (index, isQuoted) = (line.index(start, offsetBy: key.count + 3), false)
    while index < line.endIndex {
      let character = line[index]
      if character == "\"" { isQuoted.toggle() }
      if character == "[" || character == "{" { return nil }
      if !isQuoted, character == "," || character == "}" { return start..<index }
      index = line.index(after: index)
    }
    return nil
  }

  private mutating func empty(_ key: String, _ index: Int) {
    if let range = member(key, lines[index]) {
      lines[index].replaceSubrange(range, with: "\"\(key)\":\"\"")
    }
  }

  private mutating func set(_ key: String, _ value: String, from place: Int, count: Int) {
    for index in place..<min(lines.count, place + count) {
      if let range = member(key, lines[index]) {
        lines[index].replaceSubrange(range, with: "\"\(key)\":\(value)")
      }
    }
  }

  private mutating func remove(_ key: String, _ index: Int) {
    guard let range = member(key, lines[index]) else { return }
    let line = lines[index]
    let before = line[..<range.lowerBound]
    var after = line[range.upperBound...]
    if before.last == "," { return lines[index] = String(before.dropLast()) + after }
    if after.first == "," { after.removeFirst() }
    lines[index] = String(before) + after
  }
}
