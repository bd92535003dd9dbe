import CartSupport

/// What is said of a verb with too few or too many words: what is missing, and one line that works.
extension Verb {
  /// - Parameter given: how many words it got.
  func wordsMessage(given: Int) -> String {
    let end = example.map { ". Example: \($0)" } ?? "; usage: \(line)"
    guard given >= words.lowerBound else {
      let place = given
      let question = place < required.count ? Self.questions[required[place]] : nil
      if let question, let example { return ".\(name): \(question) Example: \(example)" }
      return ".\(name): too few words\(end)"
    }
    let most = words.upperBound
    let allowed =
      most == 0 ? "takes no words" : "takes at most \(CountText.count(most, "word"))"
    return ".\(name) \(allowed), got \(given)\(end)"
  }

  /// A line that can be typed; nil for a verb whose words are no plain list.
  private var example: String? {
    var parts: [String] = []
    for word in required {
      guard let sample = Self.samples[word] else { return nil }
      parts.append(sample)
    }
    if usage.contains("[QTY]") { parts.append("2") }
    return (["." + name] + parts).joined(separator: " ")
  }

  /// The words that it must have, as its usage names them.
  private var required: [String] {
    var (depth, names) = (0, [String]())
    for word in usage.split(separator: " ") {
      if word.hasPrefix("[") { depth += 1 }
      if depth == 0 { names.append(String(word)) }
      if word.hasSuffix("]") { depth -= 1 }
    }
    return names
  }

  private static let samples = [
    "ID": "@", "SKU": "MUG-01", "LINE": "#1", "QTY": "2", "CODE|-CODE": "SAVE10",
    "TEXT": "\"called back\"", "WHO": "anna@example.com", "FILE": "today.txt", "N": "1",
    "FILE.lua": "session.lua", "TIME": "yesterday", "FIELD=VALUE…": "city=Berlin",
  ]

  private static let questions = [
    "ID": "Which cart?", "SKU": "Which product?", "LINE": "Which line?", "QTY": "Which quantity?",
    "CODE|-CODE": "Which coupon?", "TEXT": "What is to be noted?", "WHO": "Which customer?",
    "FILE": "Which file?", "FILE.lua": "Which file?", "N": "Which row?", "TIME": "Which time?",
    "FIELD=VALUE…": "Which field?",
  ]
}
