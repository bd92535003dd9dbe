import CartEngine
import CartModel
import CartSupport
import HTTPClient

/// The hooks with which the store says what to look at.
public struct StoreHooks: Sendable {
  let client: StoreClient

  public init(_ client: StoreClient) { self.client = client }

  /// What is asked for. `store/cart/*` has the events of lines as well: asking for those too would bring
  /// every call twice.
  public static let scopes = ["store/cart/*", "store/order/*", "store/product/*"]

  /// A hook as the store has it.
  public struct Hook: Equatable, Sendable {
    public var id: String
    public var scope: String
    public var destination: String
    /// A store turns a hook off after two days of failures, or ninety days without an event.
    public var isActive: Bool
    /// Kept apart, so that a text of the hook shows no secret.
    let headers: Headers

    struct Headers: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
      var values: [String: String]
      var description: String { "\(values.count) headers" }
      var customMirror: Mirror { Mirror(self, children: []) }
    }
  }

  /// What was done to a hook.
  public enum Outcome: Equatable, Sendable {
    case kept
    case created
    /// It was off; events since then are lost, and carts have to be looked at.
    case revived
    /// It had another secret.
    case updated
  }

  /// All hooks of this API account; those of other apps are not visible.
  public func list() throws(StorefrontError) -> [Hook] {
    var (hooks, page) = ([Hook](), Int64(1))
    while true {
      let reply = try client.get(
        StoreCall("v3/hooks", query: [("limit", "250"), ("page", String(page))]))
      let items = reply.json.list("data")
      hooks += items.compactMap(Self.hook)
      guard !items.isEmpty, let next = Pages.next(reply.json, after: page), page < 100 else {
        return hooks
      }
      page = next
    }
  }

  /// Makes each hook that is wanted: creates it, turns it on again, or gives it the secret, and reads it back.
  ///
  /// A hook may take a minute until it works.
  /// - Parameters:
  ///   - address: where the store calls: HTTPS on port 443 with a full chain of certificates.
  ///   - secret: sent with each call.
  /// - Throws: `unsupported` with the store's words where it refuses the address.
  public func register(
    _ address: String, secret: String, scopes: [String] = scopes
  ) throws(StorefrontError) -> [(scope: String, Outcome)] {
    try Self.check(address)
    let known = try list()
    var done: [(String, Outcome)] = []
    for scope in scopes {
      let own = known.filter { $0.scope == scope && $0.destination == address }
      done.append((scope, try register(scope, address, secret, own.first)))
    }
    return done
  }

  /// Takes our hooks away, as before another address.
  ///
  /// - Returns: how many there were.
  public func remove(_ address: String) throws(StorefrontError) -> Int {
    var count = 0
    for hook in try list() where hook.destination == address {
      var call = StoreCall("v3/hooks/\(hook.id)")
      call.method = "DELETE"
      let reply = try client.send(call)
      guard reply.isDone || reply.status == 404 else { throw refusal(hook.scope, reply) }
      count += 1
    }
    return count
  }

  private func register(
    _ scope: String, _ address: String, _ secret: String, _ known: Hook?
  ) throws(StorefrontError) -> Outcome {
    let headers = [HookSecret.header: secret]
    if let known, known.isActive, known.has(headers) { return .kept }
    let reply = try client.send(
      StoreCall(known == nil ? "POST" : "PUT", "v3/hooks" + (known.map { "/\($0.id)" } ?? "")) {
        $0.string("scope", scope)
        $0.string("destination", address)
        $0.bool("is_active", true)
        $0.object("headers") { for (name, value) in headers { $0.string(name, value) } }
      })
    guard reply.isDone else { throw refusal(scope, reply) }
    // Some pages of the documentation write headers otherwise: what counts is what the store then has.
    let id = known?.id ?? reply.data.id("id")
    let kept = try client.get(
      StoreCall("v3/hooks/\(try StoreNumber.check(id, "a hook"))")
    ).data
    guard let hook = Self.hook(kept), hook.isActive, hook.destination == address,
      hook.scope == scope, hook.has(headers)
    else {
      throw StorefrontError(
        .garbled, "hook \(scope): the store does not have it as it was sent")
    }
    guard let known else { return .created }
    return known.isActive ? .updated : .revived
  }

  private func refusal(_ scope: String, _ reply: StoreReply) -> StorefrontError {
    StorefrontError(.unsupported, "hook \(scope): \(StoreWords.title(reply))")
  }

  private static func check(_ address: String) throws(StorefrontError) {
    let rest = address.hasPrefix("https://") ? address.dropFirst(8) : ""
    let host = rest.prefix { $0 != "/" }
    let isPlain = (try? HTTPAddress(address))?.isPlain ?? false
    // Only a store on this machine, as the simulator, takes the latter.
    guard isPlain || !host.isEmpty && (!host.contains(":") || host.hasSuffix(":443")) else {
      throw StorefrontError(
        .unsupported,
        "hooks: expected a public address as https://shop.example.com/hooks/bigcommerce, on port 443, "
          + "got \(quoted(address))")
    }
  }

  private static func hook(_ item: JSONValue) -> Hook? {
    guard let id = try? StoreNumber.check(item.text("id"), "a hook") else { return nil }
    var headers: [String: String] = [:]
    if case .object(let members)? = item["headers"] {
      for member in members { headers[member.key.lowercased()] = member.value.scalar ?? "" }
    }
    return Hook(
      id: id, scope: item.text("scope"), destination: item.text("destination", limit: 4000),
      isActive: item.flag("is_active") ?? false, headers: .init(values: headers))
  }
}

extension StoreHooks.Hook {
  fileprivate func has(_ wanted: [String: String]) -> Bool {
    wanted.allSatisfy { headers.values[$0.key.lowercased()] == $0.value }
  }
}

/// Pages of a v3 list.
enum Pages {
  /// The page behind this one; nil behind the last.
  static func next(_ json: JSONValue, after page: Int64) -> Int64? {
    let pagination = json["meta"]?["pagination"] ?? .null
    guard let last = pagination.whole("total_pages"), page < last else { return nil }
    return page + 1
  }
}
