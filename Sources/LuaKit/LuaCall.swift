import CLuaKit

/// One call of the host by a script: what it brought, and where the answer goes.
///
/// Valid until the host function returns. What it brought is gone once a nested call of a script has
/// begun: read it before.
public struct LuaCall {
  let vm: OpaquePointer
  let values: UnsafeBufferPointer<lk_value>

  /// All arguments, copied.
  public var arguments: [LuaValue] { readValues(values) }

  /// The object at a place, from 0, where no table stands before it; without copying anything.
  public func object(_ index: Int) -> LuaObject? {
    guard index < values.count, values[index].kind == LK_OBJECT else { return nil }
    let object = values[index].as.object
    return LuaObject(classID: object.class_id, slot: object.slot, word: object.word)
  }

  /// The text at a place, from 0, where no table stands before it.
  public func text(_ index: Int) -> String? {
    guard index < values.count, values[index].kind == LK_STRING else { return nil }
    let bytes = UnsafeRawBufferPointer(
      start: values[index].as.string.bytes, count: values[index].as.string.length)
    return String(validating: bytes, as: UTF8.self)
  }

  /// How many values there are, each of a table counted.
  public var count: Int { values.count }

  /// The whole number at a place, from 0, where no table stands before it.
  public func integer(_ index: Int) -> Int64? {
    guard index < values.count, values[index].kind == LK_INTEGER else { return nil }
    return values[index].as.integer
  }

  /// Answers with one value, after those that were answered before.
  public func answer(_ value: LuaValue) { send(value) }

  /// Answers with these values and no others.
  public func answer(all values: [LuaValue]) {
    lk_answer_reset(vm)
    for value in values { send(value) }
  }

  /// Answers with one value and no other; tables in it cannot be changed by the script.
  ///
  /// - Parameter name: what messages call it: `cart.flags`.
  public func answer(sealed value: LuaValue, _ seal: LuaSeal, name: String) {
    lk_answer_reset(vm)
    send(value, seal, name)
  }

  private func send(_ value: LuaValue, _ seal: LuaSeal, _ name: String) {
    guard case .table(let pairs) = value else { return send(value) }
    var text = name
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lk_answer_sealed(
          vm, UInt32(pairs.count), seal == .record ? 1 : 0, $0.baseAddress ?? emptyText, $0.count)
      }
    }
    for pair in pairs {
      send(pair.key)
      switch pair.key {
      case .integer(let place):
        send(pair.value, seal == .records ? .record : .map, "\(name)[\(place)]")
      case .string(let key): send(pair.value, .map, "\(name).\(key)")
      default: send(pair.value, .map, name)
      }
    }
  }

  private func send(_ value: LuaValue) {
    switch value {
    case .nil, .other: lk_answer_nil(vm)
    case .boolean(let flag): lk_answer_boolean(vm, flag ? 1 : 0)
    case .integer(let number): lk_answer_integer(vm, number)
    case .number(let number): lk_answer_number(vm, number)
    case .string(var text):
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          lk_answer_string(vm, $0.baseAddress ?? emptyText, $0.count)
        }
      }
    case .bytes(let bytes):
      bytes.withUnsafeBytes {
        lk_answer_string(
          vm, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, $0.count)
      }
    case .object(let object):
      lk_answer_object(
        vm, lk_object(class_id: object.classID, slot: object.slot, word: object.word))
    case .function(let function): lk_answer_reference(vm, function.reference)
    case .table(let pairs):
      lk_answer_table(vm, UInt32(pairs.count))
      for pair in pairs {
        send(pair.key)
        send(pair.value)
      }
    }
  }
}

/// What a sealed table says of a text key that it does not have.
public enum LuaSeal: Sendable {
  /// Nothing: it is nil.
  case map
  /// It is an error.
  case record
  /// A list of records.
  case records
}
