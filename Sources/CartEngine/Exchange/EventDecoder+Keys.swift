import CartModel
import CartSupport

/// Keys of an event that its type does not have: a file may have them, a script made a mistake.
extension EventDecoder {
  /// What is wrong with the keys of an event; nil where all of them are known.
  func unknownKey(in json: JSONValue) -> String? {
    let log = KeyLog()
    do throws(Failure) {
      _ = try decode(json, log)
    } catch {
      // Reading ended early: only what stands for the missing key is surely a mistake of the script.
      guard case .rejected(let reason) = error, reason.hasPrefix("missing field")
      else { return nil }
      return log.words(of: json, missing: reason)
    }
    return log.words(of: json)
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

  /// - Parameter missing: why the event was rejected, which names the keys that it lacks in quotes.
  fileprivate func words(of json: JSONValue, missing: String? = nil) -> String? {
    guard case .object(let members) = json else { return nil }
    let type = json["type"]?.string ?? ""
    let lacked = missing?.split(separator: "'").enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
    let known = lacked ?? asked.sorted()
    let own = members.filter { !asked.contains($0.key) }
    let all = own.map { (key: $0.key, known: known) } + unknown
    for (key, known) in all {
      let hint = didYouMean(key, among: known)
      guard missing == nil || !hint.isEmpty else { continue }
      return "\(type) has no key \(quoted(key))"
        + (hint.isEmpty ? "; expected one of \(known.joined(separator: ", "))" : hint)
    }
    return nil
  }
}
