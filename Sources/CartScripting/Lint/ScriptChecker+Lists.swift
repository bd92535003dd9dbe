import CartModel
import CartSupport

/// Files of `lists/` that are asked about addresses.
extension ScriptChecker {
  /// A list of blocks that is asked for an address by its text.
  mutating func checkList(_ line: Int, _ file: String, isWarning: Bool) {
    guard !file.isEmpty, let text = list(file) else { return }
    let block = text.split(whereSeparator: \.isNewline).lazy.map {
      String($0.prefix { !",; \t#".contains($0) })
    }.first { $0.contains("/") && (try? AddressBlock($0)) != nil }
    guard let block else { return }
    let matches = ScriptClassID.list.method("match") != nil
    say(
      line,
      "list \(quoted(file)): has blocks of addresses as \(block), which :has(c.ip) never finds; write "
        + (matches ? ":match(c.ip)" : "c:matches{\"ip=\(block)\"}, or put it on the blacklist"),
      isWarning: isWarning)
  }

  /// Lines of a list of blocks and ranges that no address matches.
  mutating func checkRanges(_ line: Int, _ file: String) {
    guard !file.isEmpty, let text = list(file) else { return }
    let keys = ScriptList.keys(in: text)
    func isOfAddresses(_ key: String) -> Bool {
      (try? AddressBlock(key)) != nil || AddressBlock.range(key) != nil
    }
    guard keys.contains(where: { isOfAddresses($0.key) }) else { return }
    // E-mails and patterns may be for another question.
    let strange = keys.filter { !isOfAddresses($0.key) && !$0.key.contains { "@*?".contains($0) } }
    for (number, key) in strange.prefix(3) {
      say(
        line,
        "list \(quoted(file)), line \(number): expected an IP address, a block or a range, got "
          + "\(quoted(key)); no address matches it"
          + (strange.count > 3 && number == strange[2].line
            ? "; \(strange.count - 3) more lines are like it" : ""),
        isWarning: true, isOfList: true)
    }
  }
}
