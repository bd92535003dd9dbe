import CLuaKit

/// Arguments as they came, to be known again when they come again: texts, numbers and tables of them.
public struct LuaArguments: Sendable {
  private struct Word {
    var kind: lk_kind.RawValue
    var bits: UInt64
    var bytes: [UInt8] = []

    init(_ value: lk_value) {
      kind = value.kind.rawValue
      bits = Self.bits(value)
      guard value.kind == LK_STRING else { return }
      bytes = Array(
        UnsafeRawBufferPointer(start: value.as.string.bytes, count: value.as.string.length))
    }

    static func bits(_ value: lk_value) -> UInt64 {
      switch value.kind {
      case LK_STRING: UInt64(value.as.string.length)
      case LK_NUMBER: value.as.number.bitPattern
      case LK_TABLE: UInt64(value.count)
      default: UInt64(bitPattern: value.as.integer)
      }
    }

    func matches(_ value: lk_value) -> Bool {
      guard value.kind.rawValue == kind, Self.bits(value) == bits else { return false }
      guard value.kind == LK_STRING, !bytes.isEmpty else { return true }
      return bytes.elementsEqual(
        UnsafeRawBufferPointer(start: value.as.string.bytes, count: value.as.string.length))
    }
  }

  private let words: [Word]

  /// Nil for arguments that are more than text, numbers and tables of them.
  public init?(_ call: LuaCall, from first: Int) {
    var words: [Word] = []
    for value in call.values[first...] {
      switch value.kind {
      case LK_STRING, LK_INTEGER, LK_NUMBER, LK_TABLE: words.append(Word(value))
      default: return nil
      }
    }
    self.words = words
  }

  public func matches(_ call: LuaCall, from first: Int) -> Bool {
    guard call.values.count - first == words.count else { return false }
    for index in words.indices where !words[index].matches(call.values[first + index]) {
      return false
    }
    return true
  }
}
