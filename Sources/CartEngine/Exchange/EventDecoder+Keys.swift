import CartModel

/// Keys of an event that its type does not have: a file may have them, a script made a mistake.
extension EventDecoder {
  /// What is wrong with the keys of an event; nil where all of them are known.
  func unknownKey(in json: JSONValue) -> String? {
    let log = KeyLog()
    do throws(Failure) {
      _ = try decode(json, log)
    } catch {
      guard case .rejected = error else { return nil }
      // Where reading ended early, only what is near a known key is surely a mistake.
      return log.words(of: json, onlyNear: true)
    }
    return log.words(of: json, onlyNear: false)
  }
}

extension KeyLog {
  /// Notes the keys of a part that were not asked for.
  func add(unknownOf part: Fields, in name: String) {
    guard case .object(let members) = part.json.value, let log = part.log else { return }
    for member in members where !log.asked.contains(member.key) {
      unknown.append(("\(name).\(member.key)", log.asked.map { "\(name).\($0)" }.sorted()))
    }
  }

  fileprivate func words(of json: JSONValue, onlyNear: Bool) -> String? {
    guard case .object(let members) = json else { return nil }
    let type = json["type"]?.string ?? ""
    let known = asked.sorted()
    let own = members.filter { !asked.contains($0.key) }
    let all = own.map { (key: $0.key, known: known) } + unknown
    for (key, known) in all {
      let hint = didYouMean(key, among: known)
      guard !onlyNear || !hint.isEmpty else { continue }
      return "\(type) has no key \(quoted(key))"
        + (hint.isEmpty ? "; expected one of \(known.joined(separator: ", "))" : hint)
    }
    return nil
  }
}
