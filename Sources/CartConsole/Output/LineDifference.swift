/// What differs between two texts, line by line.
enum LineDifference {
  /// Lines with `-` or `+` before them, and the unchanged ones around with a blank.
  ///
  /// - Complexity: O(n·m); rule files are short.
  static func between(_ old: String, _ new: String) -> [String] {
    let (a, b) = (lines(old), lines(new))
    var lengths = [[Int]](
      repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in a.indices.reversed() {
      for j in b.indices.reversed() {
        lengths[i][j] =
          a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var (i, j, list) = (0, 0, [String]())
    while i < a.count || j < b.count {
      if i < a.count, j < b.count, a[i] == b[j] {
        list.append("  " + a[i])
        (i, j) = (i + 1, j + 1)
      } else if j == b.count || i < a.count && lengths[i + 1][j] >= lengths[i][j + 1] {
        list.append("- " + a[i])
        i += 1
      } else {
        list.append("+ " + b[j])
        j += 1
      }
    }
    return list
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
