import CartModel

/// The blocks, ranges and patterns among the keys of a list.
struct ListMatcher {
  private var owners: [String] = []
  private let blocks: AddressIndex
  private var patterns: [(glob: Glob, key: String)] = []

  /// - Complexity: O(n log n).
  init(_ list: ScriptList) {
    var found: [AddressBlock] = []
    for key in list.keys {
      if let block = try? AddressBlock(key) {
        found.append(block)
        owners.append(key)
      } else if let range = AddressBlock.range(key) {
        found += range
        owners += repeatElement(key, count: range.count)
      } else if key.utf8.contains(UInt8(ascii: "*")) || key.utf8.contains(UInt8(ascii: "?")) {
        patterns.append((Glob(key), key))
      }
    }
    blocks = AddressIndex(found)
  }

  /// What one question costs, in instructions.
  var cost: Int { 50 + 20 * patterns.count }

  /// The key that a text fits; nil where none does.
  func key(for text: String) -> String? {
    let address = AddressBlock.normalised(text) ?? text
    if let place = blocks.block(of: address) { return owners[place] }
    let folded = TextFold.folded(text)
    return patterns.first { $0.glob.matches(folded) }?.key
  }
}

extension ScriptSession {
  func matcher(of name: String, _ list: ScriptList) -> ListMatcher {
    if let known = listMatchers[name] { return known }
    let made = ListMatcher(list)
    listMatchers[name] = made
    return made
  }
}
