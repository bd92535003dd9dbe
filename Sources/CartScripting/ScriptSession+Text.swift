import CartEngine
import CartModel
import CartSupport
import LuaKit

extension ScriptSession {
  /// A value as one line of text; texts are raw, tables in braces.
  public func text(_ value: LuaValue, quotes: Bool = false) -> String {
    switch value {
    case .nil: return "nil"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .number(let number): return LuaValue.text(number)
    case .string(let text): return quotes ? "\"" + printable(text) + "\"" : text
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .object(let object): return text(object)
    case .function: return "function"
    case .other(let name): return name
    case .table(let pairs):
      guard !pairs.isEmpty else { return "{}" }
      var (parts, next) = ([String](), Int64(1))
      for pair in pairs {
        let value = text(pair.value, quotes: true)
        if pair.key == .integer(next) {
          parts.append(value)
          next += 1
        } else if case .string(let name) = pair.key, Self.isName(name) {
          parts.append("\(name) = \(value)")
        } else if case .other = pair.key {
          parts.append("…")
        } else {
          parts.append("[\(text(pair.key, quotes: true))] = \(value)")
        }
      }
      return "{ " + parts.joined(separator: ", ") + " }"
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.first?.isNumber == false
      && text.utf8.allSatisfy {
        $0 == 0x5f || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
          || (0x61...0x7a).contains($0)
      }
  }

  /// What `tostring` gives for an object.
  func text(_ object: LuaObject) -> String {
    switch ScriptClassID(rawValue: object.classID) {
    case .cart:
      let time = moment(of: object.word).map { " at " + handler.shop.zone.text($0) } ?? ""
      return "cart " + ((try? cart(object.word))?.id ?? "?") + time
    case .line: return "line " + ((try? lineName(object)) ?? "")
    case .lines: return "lines"
    case .money: return (try? money(object))?.description ?? "money"
    case .query: return "carts"
    case .product: return "product " + interned(object.slot)
    case .order: return "order " + ((try? cart(object.word))?.order?.id ?? "?")
    case .customer: return "customer"
    case .definition: return "definition"
    case .same: return "same"
    case .price: return "price"
    case .list: return "list \(quoted(interned(object.slot)))"
    case .carts: return "carts"
    case .address, .attributes:
      return (try? cart(object.word)).map { CartPartClasses.text(object, $0) } ?? "?"
    case nil: return "object"
    }
  }

  /// A value in full: an object with its fields, one a line.
  func fullText(_ value: LuaValue) throws -> String {
    guard case .object(let object) = value,
      let declared = ScriptAPI.classes.first(where: { $0.kind.rawValue == object.classID }),
      !declared.fields.isEmpty
    else { return text(value) }
    return try declared.fields.map { field in
      let entry = Dispatch.Entry(
        name: field.name, receiver: declared.kind, parameters: []
      ) { _ in [] }
      var call = ScriptCall(session: self, operation: .init(entry), arguments: [value])
      return "\(field.name): \(printable(text(try field.body(&call))))"
    }.joined(separator: "\n")
  }

  /// What a value stands for, so that a console can show it in full.
  public enum Shown: Equatable {
    case text(String)
    /// A cart, and the moment that it is shown as of.
    case cart(Cart, at: Timestamp?)
    case carts([Int64], at: Timestamp?)
  }

  public func shown(_ value: LuaValue) throws -> Shown {
    guard case .object(let object) = value else { return .text(text(value)) }
    switch ScriptClassID(rawValue: object.classID) {
    case .cart: return .cart(try cart(object.word), at: moment(of: object.word))
    case .query:
      let filter = try query(object).filter
      return .carts(try handler.reader.keys(matching: filter), at: filter.at?.start)
    default: return .text(text(object))
    }
  }

  /// An event that a script emits; its times may be epoch seconds, as `time()` gives them.
  ///
  /// - Throws: for what is no event.
  func event(_ value: LuaValue) throws(LuaRaise) -> JSONValue {
    guard case .table(var pairs) = value else {
      throw LuaRaise("emit: expected a table, got \(kind(value))")
    }
    for index in pairs.indices {
      guard case .string(let key) = pairs[index].key, Self.timeKeys.contains(key) else { continue }
      switch pairs[index].value {
      case .integer, .number:
        let time = try timestamp(pairs[index].value, "emit: \(key)")
        pairs[index].value = .string(time.description)
      default: break
      }
    }
    return try json(.table(pairs), "emit")
  }

  private static let timeKeys: Set<String> = ["at", "created", "expires", "until", "noted"]

  /// A table as JSON: a list where its keys are 1 … n, else an object.
  ///
  /// - Throws: for values that JSON does not have.
  public func json(_ value: LuaValue, _ what: String) throws(LuaRaise) -> JSONValue {
    switch value {
    case .nil: return .null
    case .boolean(let flag): return .bool(flag)
    case .integer(let number): return .number(String(number))
    case .number(let number) where number.isFinite:
      let text = number.description
      return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    case .string(let text): return .string(text)
    // A number: its digits do not follow the decimal mark of a file.
    case .object(let object) where object.classID == ScriptClassID.money.rawValue:
      return .number(text(value))
    case .object: return .string(text(value))
    case .table(let pairs):
      let items = value.items
      if !items.isEmpty, items.count == pairs.count {
        var list: [JSONValue] = []
        for item in items { list.append(try json(item, what)) }
        return .array(list)
      }
      var members: [JSONValue.Member] = []
      for pair in pairs {
        guard case .string(let key) = pair.key else {
          throw LuaRaise("\(what): expected names as keys, got \(kind(pair.key))")
        }
        members.append(.init(key, try json(pair.value, what)))
      }
      return .object(members)
    default: throw LuaRaise("\(what): expected a plain value, got \(kind(value))")
    }
  }
}
