import CartModel
import CartSupport

/// Keys of an event that its type does not have: a file may have them, a script made a mistake.
extension EventDecoder {
  /// What is wrong with the keys of an event that a script made; nil where all of them are known.
  func unknownKey(in json: JSONValue, _ log: KeyLog) -> String? {
    _ = try? decode(json, log)
    guard !log.unknown.isEmpty || !log.missing.isEmpty else { return nil }
    return words(of: json)
  }

  private func words(of json: JSONValue) -> String? {
    let log = KeyLog(namesKnown: true)
    var isRead = true
    do throws(Failure) { _ = try decode(json, log) } catch { isRead = false }
    // Reading ended early: only what stands for the missing key is surely a mistake of the script.
    guard isRead || !log.missing.isEmpty else { return nil }
    let type = json["type"]?.string ?? ""
    for key in log.unknown {
      let known = isRead ? log.known(beside: key) : log.missing
      let hint = didYouMean(key, among: known)
      guard isRead || !hint.isEmpty else { continue }
      return "\(type) has no key \(quoted(key))"
        + (hint.isEmpty ? "; expected one of \(known.joined(separator: ", "))" : hint)
    }
    return nil
  }

  /// `; did you mean 'sku'?` for a key that an event's type does not have; empty where none is near.
  func hint(for key: String, in json: JSONValue) -> String {
    let log = KeyLog(namesKnown: true)
    _ = try? decode(json, log)
    return didYouMean(key, among: log.known(beside: key))
  }
}
