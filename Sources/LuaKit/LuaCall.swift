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
  ///
  /// - Parameter shape: of the first.
  public func answer(all values: [LuaValue], _ shape: LuaShape = .any) {
    lk_answer_reset(vm)
    for (index, value) in values.enumerated() {
      if index == 0 { send(value, shape, sealed: nil) } else { send(value) }
    }
  }

  /// Answers with one value and no other; tables in it cannot be changed by the script.
  ///
  /// - Parameter name: what messages call it: `cart.flags`.
  public func answer(sealed value: LuaValue, _ shape: LuaShape, name: String) {
    lk_answer_reset(vm)
    send(value, shape, sealed: name)
  }

  /// - Parameter name: what messages call a table that cannot be changed; nil for one that can.
  private func send(_ value: LuaValue, _ shape: LuaShape, sealed name: String?) {
    guard case .table(let pairs) = value, name != nil || shape != .any else { return send(value) }
    let count = UInt32(pairs.count)
    switch (shape, name) {
    case (.record(let own, _), _):
      withBytes(of: name ?? own) { lk_answer_record(vm, count, name == nil ? 0 : 1, $0, $1) }
    case (_, let name?): withBytes(of: name) { lk_answer_sealed(vm, count, $0, $1) }
    default: lk_answer_table(vm, count)
    }
    for pair in pairs {
      send(pair.key)
      switch pair.key {
      case .integer(let place): send(pair.value, shape.item, sealed: name.map { "\($0)[\(place)]" })
      case .string(let key): send(pair.value, shape[key], sealed: name.map { "\($0).\(key)" })
      default: send(pair.value, .any, sealed: name)
      }
    }
  }

  private func withBytes(of text: String, _ body: (UnsafePointer<CChar>, Int) -> Void) {
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress ?? emptyText, $0.count) }
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

/// What is known of the keys of a table that goes to a script.
public indirect enum LuaShape: Equatable, Sendable {
  /// Nothing: a key that is not there is nil.
  case any
  case list(LuaShape)
  /// A table of known keys, by its name: the host is asked for another.
  case record(String, [String: LuaShape])

  /// The shape of the items of a list.
  var item: LuaShape { if case .list(let item) = self { item } else { .any } }

  /// The shape of a member of a record.
  subscript(_ key: String) -> LuaShape {
    if case .record(_, let members) = self { members[key] ?? .any } else { .any }
  }
}
