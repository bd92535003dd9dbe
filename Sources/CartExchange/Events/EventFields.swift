import CartModel
import CartSupport

/// Typed access to the members of one object.
struct Fields {
  let json: LoggedMembers
  var log: KeyLog? { json.log }

  /// - Parameter log: notes which members are read, to find those that no event has.
  init(_ json: JSONValue, _ log: KeyLog? = nil) { self.json = LoggedMembers(value: json, log: log) }

  typealias Failure = EventDecoder.Failure

  /// Whether it has a member whose key is meant, without noting it as read.
  func hasAny(where isMeant: (String) -> Bool) -> Bool {
    guard case .object(let members) = json.value else { return false }
    return members.contains { isMeant($0.key) }
  }

  /// - Parameter limit: the most bytes of UTF-8.
  func text(_ key: String, limit: Int) throws(Failure) -> String? {
    guard let value = json[key], value != .null else { return nil }
    guard let text = value.scalar else {
      throw .rejected("\(key): expected a text, got \(value.kind)")
    }
    guard text.utf8.count <= limit else {
      throw .rejected("\(key): expected at most \(limit) bytes, got \(text.utf8.count)")
    }
    guard !text.containsNUL else { throw .rejected("\(key): a text cannot hold a NUL") }
    return text
  }

  /// A list of texts that are not empty; none where the key is missing.
  func texts(_ key: String, limit: Int) throws(Failure) -> [String] {
    guard let value = json[key], value != .null else { return [] }
    guard case .array(let items) = value else {
      throw .rejected("\(key): expected a list, got \(value.kind)")
    }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item, !text.isEmpty, text.utf8.count <= limit,
        !text.containsNUL
      else { throw .rejected("\(key): expected texts of at most \(limit) bytes") }
      texts.append(text)
    }
    return texts
  }

  /// Texts by name, an empty one for what is taken away; nil where the key is missing.
  func attributes() throws(Failure) -> [String: String]? {
    guard let value = json["attributes"], value != .null else { return nil }
    guard case .object(let members) = value else {
      // An empty table of Lua is a list.
      if case .array(let items) = value, items.isEmpty { return [:] }
      throw .rejected("attributes: expected an object, got \(value.kind)")
    }
    var attributes: [String: String] = [:]
    for member in members {
      guard member.value == .null || member.value.scalar != nil else {
        throw .rejected("attributes: \(member.key): expected a text, got \(member.value.kind)")
      }
      attributes[member.key] = member.value.scalar ?? ""
    }
    return attributes
  }

  func required(_ key: String) throws(Failure) -> String {
    guard let text = try text(key, limit: 255), !text.isEmpty else { throw missing(key) }
    return text
  }

  /// What a key gives; its absence is an error.
  func required<Value>(_ value: Value?, _ key: String) throws(Failure) -> Value {
    guard let value else { throw missing(key) }
    return value
  }

  /// One of some values, by its name.
  func choice<Value>(
    _ key: String, of known: [Value], _ name: (Value) -> String
  ) throws(Failure) -> Value {
    let text = try required(key)
    guard let value = known.first(where: { name($0) == text }) else {
      let names = known.map(name)
      throw .rejected(
        "\(key): expected \(names.dropLast().joined(separator: ", ")) or \(names.last ?? ""), got "
          + quoted(text))
    }
    return value
  }

  /// The event lacks a key; one of them, where several would do.
  func missing(_ keys: String...) -> Failure {
    for key in keys { log?.noteMissing(key) }
    return .rejected("missing field " + keys.map { "'\($0)'" }.joined(separator: " or "))
  }

  /// Notes the members that were not read, once all of the object is read.
  func noteUnread() {
    guard let log, case .object(let members) = json.value else { return }
    log.noteUnread(members)
  }

  /// Reads an object within this one, and notes its keys too.
  func reading<Result>(
    _ part: JSONValue, in name: String, _ body: (Fields) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let fields = Fields(part, log)
    guard let log else { return try body(fields) }
    return try log.reading(name) { () throws(Failure) in
      defer { fields.noteUnread() }
      return try body(fields)
    }
  }

  func time(_ key: String) throws(Failure) -> Timestamp? {
    guard let text = try text(key, limit: 40) else { return nil }
    do throws(ModelError) { return try Timestamp(text) } catch { throw .rejected(error.message) }
  }

  func quantity() throws(Failure) -> Int64 {
    guard let value = json["quantity"] else { throw missing("quantity") }
    guard let text = value.scalar, let number = Int64(text), number > 0 else {
      throw .rejected(
        "quantity: expected a positive whole number, got "
          + (value.scalar.map { quoted($0) } ?? value.kind))
    }
    return number
  }

  /// A decimal that is not negative; nil where the key is missing. Stores send more decimals than a price
  /// has, and exponents.
  func decimal(_ key: String) throws(Failure) -> UnitPrice? {
    guard let text = try text(key, limit: 100), !text.isEmpty else { return nil }
    guard let number = try? UnitPrice(rounding: text) else {
      throw .rejected("\(key): expected a decimal that is not negative, got \(quoted(text))")
    }
    return number
  }

  /// True or false; nil where the key is missing.
  func flag(_ key: String) throws(Failure) -> Bool? {
    switch json[key] {
    case nil, .null?: return nil
    case .bool(let flag)?: return flag
    case .string("true")?: return true
    case .string("false")?: return false
    case .some(let other):
      throw .rejected(
        "\(key): expected true or false, got " + (other.string.map { quoted($0) } ?? other.kind))
    }
  }

  /// Texts by name, in the order of the names.
  func pairs(_ key: String) throws(Failure) -> [Line.Option] {
    guard let json = json[key], json != .null else { return [] }
    // An empty table of Lua is a list.
    if case .array(let items) = json, items.isEmpty { return [] }
    guard case .object(let members) = json else {
      throw .rejected("\(key): expected an object, got \(json.kind)")
    }
    var pairs: [Line.Option] = []
    for member in members {
      guard let value = member.value.scalar else {
        throw .rejected("\(key): expected texts, got \(member.value.kind)")
      }
      guard !pairs.contains(where: { $0.name == member.key }) else {
        throw .rejected("\(key): \(quoted(member.key)) is there twice")
      }
      guard !member.key.containsNUL, !value.containsNUL else {
        throw .rejected("\(key): a text cannot hold a NUL")
      }
      pairs.append(.init(name: member.key, value: value))
    }
    return pairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  func price() throws(Failure) -> UnitPrice {
    guard let value = json["price"] else { throw missing("price") }
    guard let text = value.scalar else {
      throw .rejected("price: expected a decimal, got \(value.kind)")
    }
    do throws(ModelError) { return try UnitPrice(rounding: text) } catch {
      throw .rejected(error.message)
    }
  }

  func place() throws(Failure) -> Int? {
    guard let text = try text("position", limit: 20) else { return nil }
    guard let place = Int(text), place > 0 else {
      throw .rejected("position: expected a whole number from 1, got \(quoted(text))")
    }
    return place - 1
  }
}
