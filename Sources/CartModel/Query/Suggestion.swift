/// The candidate that a mistyped name most likely meant; nil when none is near.
///
/// - Complexity: O(candidates × length²); for error paths.
public func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
  // A name of a mebibyte is no typing error, and comparing it would take seconds.
  guard name.utf8.count <= 256 else { return nil }
  let characters = Array(name.lowercased())
  var best: (String, Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased())
    // A slip changes a few letters: more than a third of them make another word.
    let limit = min(3, max(characters.count, other.count) / 3)
    guard limit > 0, beginAlike(characters, other) else { continue }
    let distance = editDistance(characters, other)
    if distance <= limit, distance < best?.1 ?? .max { best = (candidate, distance) }
  }
  return best?.0
}

/// Whether two words may be one with a slip: short ones begin with the same letter, or with the same
/// two in the other order.
private func beginAlike(_ a: [Character], _ b: [Character]) -> Bool {
  guard max(a.count, b.count) < 5, let first = a.first, let other = b.first else { return true }
  return first == other || a.count > 1 && b.count > 1 && first == b[1] && other == a[1]
}

/// `; did you mean 'total'?`, or nothing.
public func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String {
  suggestion(for: name, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard a.count <= 64, b.count <= 64 else { return .max }
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
  for i in 0...a.count { rows[i][0] = i }
  for j in 0...b.count { rows[0][j] = j }
  for i in 1...a.count {
    for j in 1...b.count {
      let cost = a[i - 1] == b[j - 1] ? 0 : 1
      rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
      }
    }
  }
  return rows[a.count][b.count]
}
