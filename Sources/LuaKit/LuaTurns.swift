import CLuaKit

/// Functions that are asked about one object after the other, each with a budget of its own.
public final class LuaTurns {
  private var turns: [lk_turn] = []
  private var verdicts: [lk_verdict] = []
  private var parameters: [UnsafeMutablePointer<lk_value>] = []
  private var texts: [UnsafeMutablePointer<CChar>] = []

  public init() {}

  deinit {
    for values in parameters { values.deallocate() }
    for text in texts { text.deallocate() }
  }

  /// - Parameter pairs: the second argument: a table of scalars, made afresh for each turn.
  public func add(
    _ function: LuaFunction, parameters pairs: [(name: String, value: LuaValue)], _ vm: LuaVM
  ) {
    var turn = lk_turn(function: function.reference, parameters: nil, parameter_count: 0)
    let values = UnsafeMutablePointer<lk_value>.allocate(capacity: 1 + 2 * pairs.count)
    values.initialize(repeating: lk_value(), count: 1 + 2 * pairs.count)
    values[0].kind = LK_TABLE
    values[0].count = UInt32(pairs.count)
    for (index, pair) in pairs.enumerated() {
      write(.string(pair.name), &values[1 + 2 * index])
      write(pair.value, &values[2 + 2 * index])
    }
    // One that takes no second argument need not be given a table.
    if vm.takesTwo(function) {
      turn.parameters = UnsafePointer(values)
      turn.parameter_count = UInt32(1 + 2 * pairs.count)
    }
    parameters.append(values)
    turns.append(turn)
    verdicts.append(lk_verdict())
  }

  private func write(_ value: LuaValue, _ into: inout lk_value) {
    switch value {
    case .integer(let number):
      into.kind = LK_INTEGER
      into.as.integer = number
    case .number(let number):
      into.kind = LK_NUMBER
      into.as.number = number
    case .boolean(let flag):
      into.kind = LK_BOOLEAN
      into.as.integer = flag ? 1 : 0
    case .string(let text):
      let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, text.utf8.count))
      for (index, byte) in text.utf8.enumerated() { bytes[index] = CChar(bitPattern: byte) }
      texts.append(bytes)
      into.kind = LK_STRING
      into.as.string = lk_string(bytes: bytes, length: text.utf8.count)
    default: into.kind = LK_NIL
    }
  }

  public enum Say {
    case no
    /// With its words, which may be empty.
    case yes(String)
    /// It raised, or answered what is no answer.
    case unsure
  }

  public func said(_ index: Int, _ vm: LuaVM) -> Say {
    let verdict = verdicts[index]
    switch verdict.kind {
    case LK_NO: return .no
    case LK_YES:
      let text = lk_verdict_text(vm.vm, verdict)
      let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.length)
      if verdict.length == 0 { return .yes("") }
      return String(validating: bytes, as: UTF8.self).map { .yes($0) } ?? .unsure
    default: return .unsure
    }
  }

  /// Asks them about an object.
  ///
  /// - Returns: whether any did not say no.
  /// - Throws: `killed`; those after the one that was cut off were not asked, and the VM is done with.
  public func take(_ subject: LuaObject, _ vm: LuaVM) throws(LuaFailure) -> Bool {
    let status = turns.withUnsafeBufferPointer { turns in
      verdicts.withUnsafeMutableBufferPointer { verdicts in
        var call = lk_turns(
          subject: lk_object(class_id: subject.classID, slot: subject.slot, word: subject.word),
          turns: turns.baseAddress, verdicts: verdicts.baseAddress)
        return lk_take_turns(vm.vm, &call, UInt32(turns.count))
      }
    }
    try vm.check(status)
    for verdict in verdicts where verdict.kind != LK_NO { return true }
    return false
  }
}

extension LuaVM {
  /// Whether a function names a second parameter, or takes any number.
  func takesTwo(_ function: LuaFunction) -> Bool { lk_takes_two(vm, function.reference) != 0 }

  /// The turn that calls the host, from 0.
  public var turn: Int { Int(lk_turn_number(vm)) }
}
