import CLuaKit

/// Reads values from their flat form.
func readValues(_ values: UnsafeBufferPointer<lk_value>) -> [LuaValue] {
  [LuaValue](unsafeUninitializedCapacity: values.count) { list, count in
    var index = 0
    while index < values.count {
      list.initializeElement(at: count, to: readValue(values, &index))
      count += 1
    }
  }
}

private func readValue(_ values: UnsafeBufferPointer<lk_value>, _ index: inout Int) -> LuaValue {
  guard index < values.count else { return .nil }
  let value = values[index]
  index += 1
  switch value.kind {
  case LK_BOOLEAN: return .boolean(value.as.integer != 0)
  case LK_INTEGER: return .integer(value.as.integer)
  case LK_NUMBER: return .number(value.as.number)
  case LK_STRING:
    let bytes = UnsafeRawBufferPointer(
      start: value.as.string.bytes, count: value.as.string.length)
    return String(validating: bytes, as: UTF8.self).map(LuaValue.string) ?? .bytes(Array(bytes))
  case LK_OTHER:
    let bytes = UnsafeRawBufferPointer(
      start: value.as.string.bytes, count: value.as.string.length)
    return .other(String(decoding: bytes, as: UTF8.self))
  case LK_OBJECT:
    let object = value.as.object
    return .object(LuaObject(classID: object.class_id, slot: object.slot, word: object.word))
  case LK_FUNCTION: return .function(LuaFunction(reference: Int32(value.as.integer)))
  case LK_TABLE:
    var pairs: [LuaValue.Pair] = []
    pairs.reserveCapacity(Int(value.count))
    for _ in 0..<value.count {
      let key = readValue(values, &index)
      pairs.append(.init(key, readValue(values, &index)))
    }
    return .table(LuaValue.ordered(pairs))
  default: return .nil
  }
}

/// Values in their flat form, with the bytes that their texts point to.
struct ValueList {
  private var values: [lk_value] = []
  private var texts: [(index: Int, bytes: [UInt8])] = []

  mutating func add(_ value: LuaValue) {
    var flat = lk_value()
    switch value {
    case .nil, .other: flat.kind = LK_NIL
    case .boolean(let flag):
      flat.kind = LK_BOOLEAN
      flat.as.integer = flag ? 1 : 0
    case .integer(let number):
      flat.kind = LK_INTEGER
      flat.as.integer = number
    case .number(let number):
      flat.kind = LK_NUMBER
      flat.as.number = number
    case .string(let text):
      flat.kind = LK_STRING
      texts.append((values.count, Array(text.utf8)))
    case .bytes(let bytes):
      flat.kind = LK_STRING
      texts.append((values.count, bytes))
    case .object(let object):
      flat.kind = LK_OBJECT
      flat.as.object = lk_object(
        class_id: object.classID, slot: object.slot, word: object.word)
    case .function(let function):
      flat.kind = LK_FUNCTION
      flat.as.integer = Int64(function.reference)
    case .table(let pairs):
      flat.kind = LK_TABLE
      flat.count = UInt32(pairs.count)
      values.append(flat)
      for pair in pairs {
        add(pair.key)
        add(pair.value)
      }
      return
    }
    values.append(flat)
  }

  /// Makes the first table that was added a record.
  mutating func makeFirstRecord(_ name: String) {
    guard let place = values.firstIndex(where: { $0.kind == LK_TABLE }) else { return }
    values[place].kind = LK_RECORD
    texts.append((place, Array(name.utf8)))
  }

  /// Lends the values for the call; one buffer holds all texts.
  func withValues<T>(_ body: (UnsafeBufferPointer<lk_value>) -> T) -> T {
    var values = values
    let all = texts.flatMap(\.bytes)
    return all.withUnsafeBytes { buffer in
      var offset = 0
      for text in texts {
        let start = buffer.baseAddress.map { $0 + offset }
        values[text.index].as.string = lk_string(
          bytes: start?.assumingMemoryBound(to: CChar.self) ?? emptyText,
          length: text.bytes.count)
        offset += text.bytes.count
      }
      return values.withUnsafeBufferPointer(body)
    }
  }
}
