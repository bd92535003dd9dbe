import CLuaKit

/// A value on its way between a script and the host.
public enum LuaValue: Equatable, Sendable {
  case `nil`
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  /// A text that is not valid UTF-8.
  case bytes([UInt8])
  case object(LuaObject)
  /// Pairs in the order of their keys: numbers, then texts by their bytes, then booleans.
  case table([Pair])
  case function(LuaFunction)
  /// What has no plain form; only in values for display.
  case other(String)

  public struct Pair: Equatable, Sendable {
    public var key: LuaValue
    public var value: LuaValue

    public init(_ key: LuaValue, _ value: LuaValue) {
      self.key = key
      self.value = value
    }
  }

  public var isTable: Bool { if case .table = self { true } else { false } }

  /// A list, as a table with the keys 1 … n.
  public static func list(_ items: [LuaValue]) -> LuaValue {
    .table(items.enumerated().map { Pair(.integer(Int64($0) + 1), $1) })
  }

  /// A record, as a table with texts as keys.
  public static func record(_ members: [(String, LuaValue)]) -> LuaValue {
    .table(members.map { Pair(.string($0.0), $0.1) })
  }

  /// The value of a text key; nil where this is no table or has none.
  public subscript(_ key: String) -> LuaValue? {
    guard case .table(let pairs) = self else { return nil }
    return pairs.first { $0.key == .string(key) }?.value
  }

  /// The values of the keys 1, 2, 3 … up to the first that is missing.
  public var items: [LuaValue] {
    guard case .table(let pairs) = self else { return [] }
    var items: [LuaValue] = []
    for pair in pairs where pair.key == .integer(Int64(items.count) + 1) {
      items.append(pair.value)
    }
    return items
  }

  /// A number as Lua prints it: `3.0`, `0.1`, `1e+20`.
  public static func text(_ number: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      let count = Int(lk_number_text(number, buffer.baseAddress, buffer.count))
      return String(decoding: UnsafeRawBufferPointer(buffer).prefix(max(0, count)), as: UTF8.self)
    }
  }

  /// A number's shortest decimal text without an exponent: `0.00001`, `1500`.
  public static func decimalText(_ number: Double) -> String {
    let text = number.description
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else {
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let isNegative = text.hasPrefix("-")
    let digits = parts[0].filter(\.isNumber)
    let whole = parts[0].drop { $0 == "-" }.prefix { $0 != "." }.count
    let point = whole + exponent
    var plain: String
    if point <= 0 {
      plain = "0." + String(repeating: "0", count: -point) + digits
    } else if point >= digits.count {
      plain = digits + String(repeating: "0", count: point - digits.count)
    } else {
      plain = digits.prefix(point) + "." + digits.dropFirst(point)
    }
    if plain.contains(".") {
      while plain.hasSuffix("0") { plain.removeLast() }
      if plain.hasSuffix(".") { plain.removeLast() }
    }
    return (isNegative ? "-" : "") + plain
  }

  /// What kind it is, for messages: `integer`, `number`, `table`, …; an object says `object`.
  public var kind: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer: "integer"
    case .number(let value): value.isNaN ? "nan" : value.isInfinite ? "infinity" : "number"
    case .string: "string"
    case .bytes: "a text that is not UTF-8"
    case .object: "object"
    case .table: "table"
    case .function: "function"
    case .other(let name): name
    }
  }

  /// Puts pairs in their fixed order.
  static func ordered(_ pairs: [Pair]) -> [Pair] {
    guard pairs.count > 1 else { return pairs }
    return pairs.sorted { $0.key.goes(before: $1.key) }
  }

  private func goes(before other: LuaValue) -> Bool {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): a < b
    case (.number(let a), .number(let b)): a < b
    case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    default: rank < other.rank
    }
  }

  private var rank: Int {
    switch self {
    case .integer: 0
    case .number: 1
    case .string, .bytes: 2
    case .boolean: 3
    default: 4
    }
  }
}

/// What a host object is to a script: plain data that owns nothing.
public struct LuaObject: Hashable, Sendable {
  public var classID: UInt32
  public var slot: UInt32
  public var word: Int64

  public init(classID: UInt32, slot: UInt32 = 0, word: Int64 = 0) {
    self.classID = classID
    self.slot = slot
    self.word = word
  }
}

/// A function of a script, held for the host until it is released.
public struct LuaFunction: Hashable, Sendable {
  let reference: Int32
}

/// A compiled file that can be run over any set of globals.
public struct LuaTemplate: Hashable, Sendable {
  let reference: Int32
}

/// A set of globals.
public struct LuaEnvironment: Hashable, Sendable {
  let reference: Int32
}
