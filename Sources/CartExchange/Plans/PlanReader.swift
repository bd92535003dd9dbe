import CartEngine
import CartModel
import CartStorage
import CartSupport

/// Reads a plan from its file, cart by cart.
public final class PlanReader: PlanSource {
  package let name: String
  /// The plan without its changes.
  package let plan: Plan
  public let carts: Int
  public let orders: Int
  public let mails: Int
  public let events: Int
  /// What all totals change by, in words.
  public let difference: String
  private let reader: LineReader
  /// All of it, where it cannot be read again.
  private let content: [UInt8]?
  private let decoder: EventDecoder
  private var count = 0
  private var hasEnded = false

  /// Opens a plan and reads its first line.
  ///
  /// - Parameter wait: how long a pipe is waited for.
  /// - Throws: `file`, `malformed`.
  public convenience init(_ path: String, wait: StreamWait = .forever) throws(EngineError) {
    // A pipe gives its content once, and a plan is read several times.
    let isFile = path != "-" && Files.isRegular(path)
    let content = try EngineError.mapping {
      isFile ? nil : try Files.read(path, limit: 1 << 28, wait: wait)
    }
    try self.init(path, content: content)
  }

  package func again() throws(EngineError) -> any PlanSource { try beginning() }

  private func beginning() throws(EngineError) -> PlanReader {
    try PlanReader(name, content: content)
  }

  private init(_ path: String, content: [UInt8]?) throws(EngineError) {
    name = path
    self.content = content
    reader = try EngineError.mapping {
      if let content { LineReader(bytes: content) } else { try LineReader(path) }
    }
    guard let line = try EngineError.mapping({ [reader] in try reader.next() }) else {
      throw EngineError(.malformed, "plan \(path): is empty; make it again")
    }
    let json = try Self.parse(line, path)
    guard json["plan"]?.scalar != nil else {
      throw EngineError(.malformed, "plan \(path): expected a plan that cartio made")
    }
    guard json["plan"]?.scalar == String(PlanFile.format) else {
      throw EngineError(
        .malformed, "plan \(path): is of another release; expected format \(PlanFile.format)")
    }
    func text(_ key: String) -> String { json[key]?.scalar ?? "" }
    func number(_ key: String) -> Int { Int(text(key)) ?? 0 }
    (carts, orders) = (number("carts"), number("orders"))
    (mails, events) = (number("mails"), number("events"))
    var settings = JSONWriter()
    settings.value(nil, json["settings"] ?? .null)
    var groups: [Plan.Group] = []
    if case .array(let items)? = json["groups"] {
      groups = items.map {
        Plan.Group(
          kind: $0["kind"]?.string == "undo"
            ? .undo : $0["kind"]?.string == "redo" ? .redo : .change,
          command: $0["command"]?.string ?? "", target: $0["target"]?.string ?? "")
      }
    }
    var rules: [String: String] = [:]
    if case .object(let members)? = json["rules"] {
      for member in members { rules[member.key] = member.value.string ?? "" }
    }
    var sums: [String] = []
    if case .array(let items)? = json["difference"] {
      sums = items.map { "\($0["total"]?.string ?? "") \($0["currency"]?.string ?? "")" }
    }
    difference = sums.joined(separator: ", ")
    do throws(ModelError) {
      plan = Plan(
        key: text("key"), made: try Timestamp(text("made")), actor: try Actor(text("actor")),
        command: text("command"), reason: text("reason"), settings: settings.text, rules: rules,
        groups: groups)
    } catch { throw EngineError(.malformed, in: "plan \(path)", error) }
    do throws(EngineError) {
      decoder = EventDecoder(try StoreSettings(json["settings"] ?? .null, "settings"))
    } catch { throw EngineError(.malformed, in: "plan \(path)", error) }
    guard !plan.key.isEmpty, !groups.isEmpty else {
      throw EngineError(.malformed, "plan \(path): its first line lacks key or groups")
    }
  }

  package func next() throws(EngineError) -> PlannedCart? {
    guard !hasEnded else { return nil }
    guard let line = try EngineError.mapping({ try reader.next() }) else {
      throw EngineError(
        .malformed, "plan \(name): ends after \(count) of \(carts) carts; make it again")
    }
    let json = try Self.parse(line, name)
    if let end = json["end"]?.scalar {
      guard Int(end) == count, count == carts else {
        throw EngineError(.malformed, "plan \(name): has \(count) of \(carts) carts; make it again")
      }
      hasEnded = true
      return nil
    }
    count += 1
    return try item(json)
  }

  private func item(_ json: JSONValue) throws(EngineError) -> PlannedCart {
    let place = "plan \(name), line \(reader.number)"
    guard let cart = json["cart"]?.string, !cart.isEmpty,
      let version = json["version"]?.scalar.flatMap({ Int64($0) }),
      version >= PlannedChange.unsaved,
      case .array(let events)? = json["events"], !events.isEmpty
    else { throw EngineError(.malformed, "\(place): expected cart, version and events") }
    let currency = decoder.currency(of: json) ?? decoder.currency
    func texts(_ key: String) -> [String] {
      guard case .array(let items)? = json[key] else { return [] }
      return items.compactMap(\.string)
    }
    var lines: [PlannedChange.LineChange] = []
    if case .array(let items)? = json["lines"] {
      lines = items.map { item in
        func text(_ key: String) -> String { item[key]?.scalar ?? "" }
        return .init(
          line: text("line"), sku: text("sku"), name: text("name"), price: text("price"),
          before: Int64(text("before")) ?? 0, after: Int64(text("after")) ?? 0)
      }
    }
    var stated: [StatedEvent] = []
    for event in events {
      do throws(EventDecoder.Failure) { stated.append(try decoder.decode(event)) } catch {
        let reason: String
        switch error {
        case .rejected(let text): reason = text
        case .unknownType(let name): reason = "unknown type \(quoted(name))"
        }
        throw EngineError(.malformed, "\(place): \(reason)")
      }
    }
    for event in stated {
      if let reason = refusal(of: event, on: cart) {
        throw EngineError(.malformed, "\(place): \(reason)")
      }
    }
    let change = PlannedChange(
      cart: cart, version: version,
      before: json["before"]?.string.flatMap { try? Money($0, currency) },
      after: json["after"]?.string.flatMap { try? Money($0, currency) }, lines: lines,
      others: texts("changes"), orders: texts("orders"), mails: texts("mails"),
      events: stated.count)
    return PlannedCart(change, stated)
  }

  /// Why an event cannot be one of a cart's line; nil where it can.
  private func refusal(of event: StatedEvent, on cart: String) -> String? {
    guard plan.groups.indices.contains(Int(event.group) ?? 0) else {
      return "unknown group \(quoted(event.group))"
    }
    switch event.payload {
    case .cart(let name, _, _), .ordered(let name, _, _), .undone(let name, _, _, _),
      .order(_, _, _, let name):
      guard name.isEmpty || name == cart else {
        return "\(event.type.name): expected the cart \(quoted(cart)), got \(quoted(name))"
      }
      return nil
    case .product, .customer, .settings, .entry, .rules:
      return "\(event.type.name): belongs to no cart"
    }
  }

  /// How many events cannot be undone, by the events themselves.
  public func finalEvents() throws(EngineError) -> Int {
    var count = 0
    let reader = try beginning()
    while let item = try reader.next() {
      count += item.stated.count { $0.type.traits.undo == .final }
    }
    return count
  }

  /// The first changes, for showing.
  public func preview(_ limit: Int) throws(EngineError) -> [PlannedChange] {
    var changes: [PlannedChange] = []
    let reader = try beginning()
    while changes.count < limit, let item = try reader.next() { changes.append(item.change) }
    return changes
  }

  private static func parse(_ line: TextLine, _ path: String)
    throws(EngineError) -> JSONValue
  {
    guard let text = line.text else {
      throw EngineError(
        .malformed, "plan \(path), line \(line.number): not UTF-8; make the plan again")
    }
    do throws(SupportError) { return try JSONParser.parse(text) } catch {
      throw EngineError(.malformed, in: "plan \(path), line \(line.number)", error)
    }
  }
}
