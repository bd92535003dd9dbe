import CartEngine
import CartModel
import LuaKit

/// What `c:same` gives: each field is worked out when it is asked.
enum SameClass {
  static let declaration = ScriptClass(
    kind: .same, .pure,
    fields: [
      ScriptField("known", "boolean", "Whether the key is known of the cart; else all is 0.") {
        .boolean(try question($0).isKnown)
      },
      count("carts", "Carts that have it, this one too."),
      count("orders", "Orders of them."),
      count("declined", "Declined cards."),
      count("emails", "Different e-mails."),
      count("ips", "Different addresses."),
      count("sessions", "Different sessions."),
      ScriptField("ordered", "money", "The sum of their orders.") {
        $0.session.object(try $0.handler.shared.ordered(try question($0)))
      },
      ScriptField("first", "number", "When the first was seen: epoch seconds, or 0.") {
        try $0.handler.shared.span(try question($0)).map { ScriptSession.seconds($0.first) }
          ?? .integer(0)
      },
      ScriptField("last", "number", "When the last was seen: epoch seconds, or 0.") {
        try $0.handler.shared.span(try question($0)).map { ScriptSession.seconds($0.last) }
          ?? .integer(0)
      },
    ],
    methods: [
      ScriptFunction(
        "declines", .pure, [.required("code", "string")], returns: "integer",
        "Declined cards of one decline code, as \"insufficient_funds\"; \"\" for those without one."
      ) { call in
        [.integer(Int64(try call.handler.shared.declines(try call.text(0), try question(call))))]
      }
    ],
    events: [
      ScriptFunction("tostring", .pure, [.rest], "") { call in
        guard case .object(let object) = call[0] else { return [] }
        return [.string(call.session.text(object))]
      }
    ])

  static let counts: [String: SharedCount] = [
    "carts": .carts, "orders": .orders, "declined": .declined, "emails": .emails, "ips": .ips,
    "sessions": .sessions,
  ]

  /// Which carts count in a field's answer.
  enum Counting {
    case none, all
    case of(SharedCount)
  }

  static func counting(_ field: String) -> Counting {
    let name = field.split(separator: ".").last.map(String.init) ?? field
    switch name {
    case "known": return .none
    case "ordered": return .of(.orders)
    default: return counts[name].map { .of($0) } ?? .all
    }
  }

  private static func count(_ name: String, _ help: String) -> ScriptField {
    let series = counts[name] ?? .carts
    return ScriptField(name, "integer", help, shortcut: .count(series)) {
      .integer(Int64(try $0.handler.shared.count(series, try question($0))))
    }
  }

  private static func question(_ call: ScriptCall) throws -> SharedQuestion {
    guard let question = call.session.questions[call.object.slot] else {
      throw LuaRaise("same: is no longer available; ask again")
    }
    return question
  }
}

/// In a pass these are asked of each cart: nothing of the cart is read for them but its row.
extension ScriptSession {
  /// What `cart:same` was asked by.
  struct SharedWords {
    var key: SharedKey
    var window: Span?

    init(_ call: ScriptCall) throws {
      var names: [String] = []
      switch call[0] {
      case .string(let name): names = [name]
      case .table:
        for item in call[0].items {
          guard case .string(let name) = item else { throw call.failure(0, "names of keys") }
          names.append(name)
        }
      default: throw call.failure(0, "a key's name, or a list of them")
      }
      switch call[1] {
      case .nil: break
      case .string(let text): window = try Span(text)
      case .integer(let seconds) where (1...10_000_000_000).contains(seconds):
        window = Span(milliseconds: seconds * 1000)
      case .number(let seconds) where seconds >= 0.001 && seconds < 1e10:
        window = Span(milliseconds: Int64(seconds * 1000))
      default: throw call.failure(1, "a span as \"10m\", or seconds")
      }
      key = try SharedKey(names)
    }
  }

  /// The answer to `c:same(key[, window])` about the row; nil where it is not so simple.
  func same(_ call: LuaCall) throws -> LuaObject? {
    // Only once it is asked does a pass have the row at hand.
    wantsRow = isTakingTurns
    guard let row, let object = call.object(0), object.word == row.key,
      object.classID == ScriptClassID.cart.rawValue, let words = sharedWords(call)
    else { return nil }
    do throws(EngineError) {
      guard let question = try handler.shared.question(words.key, of: row, window: words.window)
      else {
        return nil
      }
      return LuaObject(classID: ScriptClassID.same.rawValue, slot: questions.add(question))
    } catch { throw LuaRaise("same: \(error.message)") }
  }

  /// Rules ask by the same words of each cart.
  private func sharedWords(_ call: LuaCall) -> SharedWords? {
    for known in sharedWords where known.arguments.matches(call, from: 1) { return known.words }
    let made = ScriptCall(
      session: self, operation: Dispatch.shared.operations[Dispatch.shared.same],
      arguments: call.arguments)
    // What is wrong is said on the way that all calls take.
    guard let arguments = LuaArguments(call, from: 1), (try? made.check()) != nil,
      let words = try? SharedWords(made)
    else { return nil }
    if sharedWords.count < 16 { sharedWords.append((arguments, words)) }
    return words
  }

  /// What a field of such an answer counts; nil where it is not so simple.
  func count(_ series: SharedCount, _ call: LuaCall) throws -> Int64? {
    guard let object = call.object(0), object.classID == ScriptClassID.same.rawValue,
      let question = questions[object.slot]
    else { return nil }
    do throws(EngineError) { return Int64(try handler.shared.count(series, question)) } catch {
      throw LuaRaise("same: \(error.message)")
    }
  }
}
