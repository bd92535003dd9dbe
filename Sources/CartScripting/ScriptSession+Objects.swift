import CartEngine
import CartModel
import CartSupport
import LuaKit

/// What scripts hold of the host, and times.
extension ScriptSession {
  /// The cart that a word of an object names: as this run sees it, or as it stood.
  func cart(_ word: Int64) throws -> Cart {
    reads &+= 1
    if reads == 0, vm.isExpired { throw LuaRaise("stopped") }
    let found =
      if let moment = moment(of: word) {
        try handler.reader.cart(key(of: word), at: moment)
      } else {
        try handler.reader.cart(word)
      }
    guard let found else { throw LuaRaise("cart: it is no longer available") }
    return found
  }

  // MARK: Moments

  /// What an object holds for a cart as it stood at a moment: the moment's number over the key, as a
  /// negative number beyond those of carts that are not saved yet.
  func word(_ key: Int64, at moment: Timestamp?) throws(LuaRaise) -> Int64 {
    guard let moment else { return key }
    if let number = momentIndex[moment] { return -(number << Self.keyBits | key) }
    guard moments.count < 100_000 else {
      throw LuaRaise("at: expected at most 100000 different times in a session")
    }
    moments.append(moment)
    momentIndex[moment] = Int64(moments.count)
    return -(Int64(moments.count) << Self.keyBits | key)
  }

  private static var keyBits: Int64 { 40 }

  func moment(of word: Int64) -> Timestamp? {
    guard word <= -(1 << Self.keyBits) else { return nil }
    let number = Int(-word >> Self.keyBits)
    return number <= moments.count ? moments[number - 1] : nil
  }

  func key(of word: Int64) -> Int64 {
    word <= -(1 << Self.keyBits) ? -word & (1 << Self.keyBits - 1) : word
  }

  /// Whether two objects are of the same cart: a new one's key changes when it is first saved.
  func isSame(_ a: LuaValue, _ b: LuaValue) throws -> Bool {
    guard case .object(let a) = a, case .object(let b) = b, a.classID == b.classID else {
      return false
    }
    if a.classID == ScriptClassID.line.rawValue, (a.slot | b.slot) & LuaView.bit != 0 {
      guard try lineName(a) == lineName(b) else { return false }
    } else if a.slot != b.slot {
      return false
    }
    if a.word == b.word { return true }
    return try moment(of: a.word) == moment(of: b.word) && cart(a.word).key == cart(b.word).key
  }

  /// A number for a text, the same in the whole session.
  func intern(_ name: String) -> UInt32 {
    if let index = nameIndex[name] { return index }
    let index = UInt32(names.count)
    names.append(name)
    nameIndex[name] = index
    return index
  }

  func interned(_ index: UInt32) -> String { index < names.count ? names[Int(index)] : "" }

  func object(cart: Int64) -> LuaValue {
    .object(LuaObject(classID: ScriptClassID.cart.rawValue, word: cart))
  }

  func object(line name: UInt32, of cart: Int64) -> LuaValue {
    .object(LuaObject(classID: ScriptClassID.line.rawValue, slot: name, word: cart))
  }

  /// The lines of a cart as they are now.
  func object(linesOf cart: Cart, named key: Int64) -> LuaValue {
    let list = lineLists.add(cart.lines.map { intern($0.id) })
    return .object(LuaObject(classID: ScriptClassID.lines.rawValue, slot: list, word: key))
  }

  /// The name of a line that an object is: a view's objects have its place.
  func lineName(_ object: LuaObject) throws -> String {
    guard object.slot & LuaView.bit != 0 else { return interned(object.slot) }
    let place = Int(object.slot & ~LuaView.bit)
    let lines = try cart(object.word).lines
    return place < lines.count ? lines[place].id : ""
  }

  func lines(_ object: LuaObject) throws -> [UInt32] {
    if object.slot == LuaView.bit { return try cart(object.word).lines.map { intern($0.id) } }
    guard let list = lineLists[object.slot] else {
      throw LuaRaise("lines: is no longer available; read the cart's lines again")
    }
    return list
  }

  func object(_ money: Money) -> LuaValue {
    .object(
      LuaObject(
        classID: ScriptClassID.money.rawValue, slot: UInt32(money.currency.number),
        word: money.minor))
  }

  func object(_ filter: Filter) -> LuaValue {
    let slot = queries.add(ScriptQuery(filter: filter))
    return .object(LuaObject(classID: ScriptClassID.query.rawValue, slot: slot))
  }

  func query(_ object: LuaObject) throws(LuaRaise) -> ScriptQuery {
    guard let query = queries[object.slot] else {
      throw LuaRaise("query: is no longer available; make it again")
    }
    return query
  }

  func money(_ object: LuaObject) throws -> Money { try Self.money(object) }

  static func money(_ object: LuaObject) throws(LuaRaise) -> Money {
    guard let currency = Currency(number: Int(object.slot)) else {
      throw LuaRaise("money: unknown currency")
    }
    return Money(minor: object.word, currency)
  }

  /// What kind a value is, with the class of an object.
  func kind(_ value: LuaValue) -> String { Self.kind(value) }

  static func kind(_ value: LuaValue) -> String {
    switch value {
    case .object(let object): ScriptClassID(rawValue: object.classID)?.name ?? "object"
    case .string(let text): "the text " + quoted(text, limit: 40)
    case .integer(let number): "the number \(number)"
    case .number(let number) where number.isFinite: "the number " + LuaValue.text(number)
    default: value.kind
    }
  }

  var parser: FilterParser { parser(at: handler.now) }

  func parser(at now: Timestamp) -> FilterParser {
    FilterParser(zone: handler.shop.zone, now: now)
  }

  /// Another time: a text that means something else then is relative to the clock.
  var laterClock: Timestamp { handler.now.advanced(by: 400 * 86_400_000) }

  /// Epoch seconds with milliseconds.
  static func seconds(_ time: Timestamp) -> LuaValue {
    .number(Double(time.milliseconds) / 1000)
  }

  func timestamp(_ value: LuaValue, _ what: String) throws(LuaRaise) -> Timestamp {
    try Self.timestamp(value, what)
  }

  static func timestamp(_ value: LuaValue, _ what: String) throws(LuaRaise) -> Timestamp {
    let milliseconds: Int64? =
      switch value {
      case .integer(let seconds): Int64(exactly: Int128(seconds) * 1000)
      case .number(let seconds): Int64(exactly: (seconds * 1000).rounded())
      default: nil
      }
    guard let moment = milliseconds.map(Timestamp.init(milliseconds:)),
      Timestamp.range.contains(moment)
    else {
      throw LuaRaise(
        "\(what): expected a time in seconds since 1970, of the years 0000 to 9999, got "
          + kind(value))
    }
    return moment
  }
}
