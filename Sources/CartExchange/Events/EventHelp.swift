import CartModel
import CartSupport

/// Help on the events that an import reads: what each type needs and takes, found out by reading its
/// example, so that it cannot differ from what is read.
public enum EventHelp {
  /// What all events take.
  private static let common: Set = ["type", "at", "id", "actor", "reason", "group"]

  public static var text: String {
    let types = EventType.allCases.map { type in
      let keys = keys(of: type)
      return """

        \(type.name)
          needs  \(keys.needed.isEmpty ? "nothing more" : keys.needed.joined(separator: " "))
        \(keys.taken.isEmpty ? "" : "  takes  \(keys.taken.joined(separator: " "))\n")\
          \(EventExample.line(type))

        """
    }
    return """
      A file of events is JSON Lines: one object a line. Each needs type and at (ISO 8601 with a zone),
      and takes id, actor, reason and group; without an actor it is the shopper's. Amounts and prices are
      decimals, better as texts. Keys that an event's type does not take are ignored, and named once.

      shopper             \(ShopperField.own.map(\.key).joined(separator: " "))
      shipping, billing   \(ShopperField.addressKeys.joined(separator: " "))
      options, attributes  names of your own, with texts

      """ + types.joined()
  }

  /// The keys without which an event is rejected, `line|sku` where one of them will do, and the others.
  static func keys(of type: EventType) -> (needed: [String], taken: [String]) {
    guard let json = try? JSONParser.parse(EventExample.line(type)),
      case .object(let members) = json
    else { return ([], []) }
    let decoder = EventDecoder(StoreSettings())
    let log = KeyLog(namesKnown: true)
    _ = try? decoder.decode(json, log)
    let known = log.known.filter { !common.contains($0) }
    var (given, needed) = (members.filter { ["type", "at"].contains($0.key) }, [String]())
    while (try? decoder.decode(.object(given), log)) == nil {
      let missing = log.missing
      // An entry wants one of several keys, and names them in its own words.
      let choice =
        missing.isEmpty
        ? ListEntry.Kind.allCases.map(\.name).filter { key in !given.contains { $0.key == key } }
        : missing
      if let next = members.first(where: { choice.contains($0.key) }) {
        needed.append(choice.joined(separator: "|"))
        given.append(next)
        continue
      }
      // What is there wants another key beside it, as a digest its text.
      let left = members.filter { member in !given.contains { $0.key == member.key } }
      let next = left.first { (try? decoder.decode(.object(given + [$0]))) != nil }
      guard let next else { break }
      needed.append(next.key)
      given.append(next)
    }
    let alternatives = Set(needed.flatMap { $0.split(separator: "|").map(String.init) })
    let taken = known.filter { !alternatives.contains($0) }.sorted { a, b in
      (a.contains(".") ? 1 : 0, a) < (b.contains(".") ? 1 : 0, b)
    }
    return (needed, taken)
  }
}
