import CartSupport

struct SimulatedHook: Sendable {
  let id: Int
  var scope: String
  var destination: String
  var headers: [(name: String, value: String)]
  var isActive: Bool
  let created: Int64
  var updated: Int64
}

/// One call of a hook.
struct HookCall: Sendable {
  let id: Int
  let hook: Int
  let url: String
  var headers: [(name: String, value: String)]
  let body: [UInt8]
  /// When it is sent, in milliseconds of the injected time.
  var due: Int64
  var attempt = 0
}

/// The hooks of a store, and the calls that wait to be sent.
struct HookBoard: Sendable {
  let configuration: SimulatorConfiguration
  var hooks: [SimulatedHook] = []
  private(set) var calls: [HookCall] = []
  private(set) var domains = BlockedDomains()
  private var nextID = 1
  private var nextCall = 1
  /// How many calls were lost, doubled and so on, by the fault's name.
  private(set) var faults: [String: Int] = [:]
  private(set) var sent = 0

  /// Seconds between the retries of a call, as documented; after the last one the hook is off.
  static let retries: [Int64] = [
    60, 180, 180, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 21_600, 50_400, 86_400,
  ]

  init(_ configuration: SimulatorConfiguration) { self.configuration = configuration }

  mutating func newID() -> Int {
    nextID += 1
    return 20_000_000 + nextID
  }

  // MARK: Calls

  mutating func queue(_ event: HookEvent, at now: Int64, _ chance: inout FaultDice) {
    for hook in hooks where hook.isActive {
      guard let (scope, isChannel) = event.scope(for: hook.scope),
        now - hook.created >= configuration.hookDelay * 1_000
      else { continue }
      let body = payload(scope, isChannel ? event.channelData : event.data, now).bytes
      add(hook, body, now, &chance)
    }
  }

  private mutating func add(
    _ hook: SimulatedHook, _ body: [UInt8], _ now: Int64, _ chance: inout FaultDice
  ) {
    if chance.hits(\.lost) { return faults["lost", default: 0] += 1 }
    var due = now
    if chance.hits(\.late) {
      faults["late", default: 0] += 1
      due += Int64(chance.random.pick(1...Int(max(1, chance.faults.lateness))))
    }
    var copies = 1
    if chance.hits(\.duplicate) {
      faults["duplicate", default: 0] += 1
      copies = 2
    }
    for _ in 0..<copies {
      let call = HookCall(
        id: nextCall, hook: hook.id, url: hook.destination, headers: hook.headers, body: body,
        due: due)
      nextCall += 1
      if chance.hits(\.reordered), !calls.isEmpty {
        faults["reordered", default: 0] += 1
        calls.insert(call, at: chance.random.pick(0...calls.count - 1))
      } else {
        calls.append(call)
      }
    }
  }

  private func payload(_ scope: String, _ data: JSONValue, _ now: Int64) -> JSONValue {
    let seconds = (now + configuration.clockDrift) / 1_000
    var digest = Digest()
    digest.add(scope)
    digest.add(data.bytes)
    // The second only: two edits within one have the same hash.
    digest.add(seconds)
    return .record([
      "scope": .string(scope), "store_id": .string("1025646"), "data": data,
      "hash": .string(String(hexadecimal(digest.finish()).prefix(40))),
      "created_at": .int(seconds), "producer": .string("stores/\(configuration.storeHash)"),
    ])
  }

  /// Takes out what is due, in the order it is sent.
  ///
  /// - Parameter all: whether what is late or waits for a retry goes out as well.
  mutating func take(at now: Int64, all: Bool = false) -> [HookCall] {
    var (taken, left) = ([HookCall](), [HookCall]())
    for call in calls {
      if all || call.due <= now && !domains.isBlocked(call.url, at: now) {
        taken.append(call)
      } else {
        left.append(call)
      }
    }
    calls = left
    return taken
  }

  /// What came of a call: it is tried again unless it was answered 2xx.
  mutating func settle(_ call: HookCall, isTaken: Bool, at now: Int64) {
    sent += 1
    domains.note(call.url, isTaken: isTaken, at: now)
    guard !isTaken else { return }
    faults["refused", default: 0] += 1
    var call = call
    guard call.attempt < Self.retries.count else {
      if let index = hooks.firstIndex(where: { $0.id == call.hook }) {
        (hooks[index].isActive, hooks[index].updated) = (false, now)
      }
      return
    }
    call.due = now + Self.retries[call.attempt] * 1_000 / max(1, configuration.retryFactor)
    call.attempt += 1
    calls.append(call)
  }

  /// Switches a hook off, as after 90 quiet days or 48 hours of failures.
  mutating func deactivate(_ id: Int, at now: Int64) {
    guard let index = hooks.firstIndex(where: { $0.id == id }) else { return }
    (hooks[index].isActive, hooks[index].updated) = (false, now)
  }
}
