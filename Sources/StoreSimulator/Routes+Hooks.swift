import CartSupport

/// Operations on hooks.
enum HookRoutes {
  private static let fields: [String: Shape] = [
    "scope": .text, "destination": .text, "is_active": .bool, "headers": .optional(.map),
    "events_history_enabled": .bool,
  ]

  static let all: [Route] = [
    Route(
      "GET", "v3/hooks", scope: nil,
      query: [
        "page": .int, "limit": .int, "is_active": .bool, "scope": .text, "destination": .text,
      ]
    ) { store, call in
      let hooks = store.hooks.hooks.filter { hook in
        call.query["scope"].map { $0 == hook.scope } ?? true
          && call.query["destination"].map { $0 == hook.destination } ?? true
          && call.query["is_active"].map { ["true", "1"].contains($0) == hook.isActive } ?? true
      }
      let configuration = store.configuration
      return .page(hooks.map { show($0, configuration) }, call)
    },
    Route(
      "POST", "v3/hooks", scope: nil, body: .record(fields, needs: ["scope", "destination"]),
      needsBody: true, create),
    Route("GET", "v3/hooks/admin", scope: nil, query: ["is_active": .bool]) { store, _ in
      let configuration = store.configuration
      let hooks = store.hooks.hooks.map { hook in
        show(hook, configuration).adding([
          "status": .string(hook.isActive ? "active" : "deactivated")
        ])
      }
      let blocked = store.hooks.domains.list(at: store.now).map { domain, seconds in
        JSONValue.record([
          "destination": .string("https://" + domain), "time_left": .int(seconds),
          "reasons": .array([.string("success rate")]),
        ])
      }
      return .data(
        .record([
          "emails": .array(store.settings.hookMails.map { .string($0) }),
          "hooks_list": .array(hooks), "blocked_domains": .array(blocked),
        ]))
    },
    Route(
      "PUT", "v3/hooks/admin", scope: nil, body: .record(["emails": .list(.text)]), needsBody: true
    ) { store, call in
      store.settings.hookMails = call.body["emails"]?.items.compactMap(\.string) ?? []
      return .empty
    },
    Route("GET", "v3/hooks/{hook}", scope: nil) { store, call in
      found(&store, call) { store, index in show(store.hooks.hooks[index], store.configuration) }
    },
    Route("PUT", "v3/hooks/{hook}", scope: nil, body: .record(fields), needsBody: true) {
      store, call in
      if let problem = problem(call.body, store) { return problem }
      return found(&store, call) { store, index in
        if let scope = call.body["scope"]?.string { store.hooks.hooks[index].scope = scope }
        if let place = call.body["destination"]?.string {
          store.hooks.hooks[index].destination = place
        }
        if case .bool(let isActive)? = call.body["is_active"] {
          store.hooks.hooks[index].isActive = isActive
        }
        if let headers = call.body["headers"] { store.hooks.hooks[index].headers = read(headers) }
        store.hooks.hooks[index].updated = store.now
        return show(store.hooks.hooks[index], store.configuration)
      }
    },
    // It answers 200 with the hook, not 204.
    Route("DELETE", "v3/hooks/{hook}", scope: nil) { store, call in
      found(&store, call) { store, index in
        show(store.hooks.hooks.remove(at: index), store.configuration)
      }
    },
  ]

  private static func found(
    _ store: inout SimulatedStore, _ call: APICall,
    _ body: (inout SimulatedStore, Int) -> JSONValue
  ) -> APIAnswer {
    guard let index = store.hooks.hooks.firstIndex(where: { String($0.id) == call["hook"] }) else {
      return .error(404, "The webhook was not found")
    }
    return .data(body(&store, index))
  }

  private static func read(_ headers: JSONValue) -> [(name: String, value: String)] {
    headers.members.map { ($0.key, $0.value.string ?? "") }
  }

  private static let families = ["cart/", "order/", "product/", "customer/", "sku/", "channel/"]
  private static let others = [
    "store/information/updated", "store/app/uninstalled", "store/hook/deliveryException",
  ]

  private static func problem(_ body: JSONValue, _ store: SimulatedStore) -> APIAnswer? {
    if let scope = body["scope"]?.string {
      let isKnown = families.contains { scope.hasPrefix("store/" + $0) } || others.contains(scope)
      if !isKnown { return .error(422, "The scope is not known", errors: [("scope", scope)]) }
    }
    guard let place = body["destination"]?.string else { return nil }
    let isLocal = place.hasPrefix("http://127.0.0.1:") || place.hasPrefix("http://localhost:")
    let isSecure =
      place.hasPrefix("https://") && !place.dropFirst(8).prefix { $0 != "/" }.contains(":")
    guard isSecure || isLocal && !store.configuration.needsHTTPS else {
      return .error(
        422, "The destination must be HTTPS on port 443", errors: [("destination", place)])
    }
    return nil
  }

  private static func create(_ store: inout SimulatedStore, _ call: APICall) -> APIAnswer {
    if let problem = problem(call.body, store) { return problem }
    let scope = call.body["scope"]?.string ?? ""
    let place = call.body["destination"]?.string ?? ""
    let same = store.hooks.hooks.filter { $0.scope == scope }
    if same.contains(where: { $0.destination == place }) {
      return .error(422, "A hook with this scope and destination is there already")
    }
    if same.count >= 10 { return .error(422, "A scope can have 10 hooks") }
    var isActive = true
    if case .bool(let wanted)? = call.body["is_active"] { isActive = wanted }
    let hook = SimulatedHook(
      id: store.hooks.newID(), scope: scope, destination: place,
      headers: read(call.body["headers"] ?? .null), isActive: isActive, created: store.now,
      updated: store.now)
    store.hooks.hooks.append(hook)
    return .data(show(hook, store.configuration))
  }

  private static func show(_ hook: SimulatedHook, _ configuration: SimulatorConfiguration)
    -> JSONValue
  {
    .record([
      "id": .int(hook.id), "client_id": .string(configuration.clientID),
      "store_hash": .string(configuration.storeHash), "scope": .string(hook.scope),
      "destination": .string(hook.destination),
      "headers": hook.headers.isEmpty
        ? .null : .object(hook.headers.map { .init($0.name, .string($0.value)) }),
      "is_active": .bool(hook.isActive), "created_at": .int(hook.created / 1_000),
      "updated_at": .int(hook.updated / 1_000),
    ])
  }
}
