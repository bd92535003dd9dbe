import CLuaKit

/// One Lua VM, confined to the thread that made it; knows nothing of carts.
///
/// All of Lua's own calls are in `CLuaKit`: no Swift frame is on the stack when Lua unwinds.
public final class LuaVM {
  /// Answers a script's call of a defined operation.
  public typealias Host = (_ operation: Int, _ call: LuaCall) throws -> Void

  let vm: OpaquePointer
  private let host: Host
  /// A kill or failure that a nested call met; the script must not swallow it.
  private var nestedKill = false

  /// - Parameters:
  ///   - seed: starts `math.random`.
  ///   - failAllocation: for tests: the growth that fails while the VM is opened, from 1.
  /// - Throws: `killed(.memory)` when the capacity does not even hold the libraries.
  public init(
    _ capacity: Capacity, profile: Profile = .rule, seed: UInt64, failAllocation: Int = 0,
    host: @escaping Host
  ) throws(LuaFailure) {
    self.host = host
    var limits = capacity.limits
    limits.fail_at = UInt32(failAllocation)
    let context = UnsafeMutablePointer<Unmanaged<LuaVM>?>.allocate(capacity: 1)
    context.initialize(to: nil)
    guard
      let vm = lk_open(
        profile == .console ? LK_CONSOLE : LK_RULE, limits, seed, answer, context)
    else {
      context.deallocate()
      throw LuaFailure(.killed(.memory), "not enough memory to start Lua")
    }
    self.vm = vm
    self.context = context
    context.pointee = Unmanaged.passUnretained(self)
  }

  private let context: UnsafeMutablePointer<Unmanaged<LuaVM>?>

  deinit {
    let left = lk_close(vm)
    assert(left == 0, "Lua did not give back \(left) bytes")
    context.deallocate()
  }

  // MARK: Running

  /// A fresh set of globals; in a sealed one, setting a global raises.
  public func environment(sealed: Bool) throws(LuaFailure) -> LuaEnvironment {
    var reference: Int32 = 0
    try check(lk_environment(vm, sealed ? 1 : 0, &reference))
    return LuaEnvironment(reference: reference)
  }

  /// Compiles text to a function.
  ///
  /// - Parameter name: `=prompt` or `@file.lua`, as positions in messages show it.
  /// - Throws: `incomplete` for a chunk that could go on.
  public func compile(_ source: String, name: String, _ environment: LuaEnvironment)
    throws(LuaFailure) -> LuaFunction
  {
    LuaFunction(reference: try compile(source, name, over: environment.reference))
  }

  /// Compiles text to what `instantiate` runs over any set of globals.
  public func compile(template source: String, name: String) throws(LuaFailure) -> LuaTemplate {
    LuaTemplate(reference: try compile(source, name, over: LK_TEMPLATE))
  }

  private func compile(_ source: String, _ name: String, over environment: Int32)
    throws(LuaFailure) -> Int32
  {
    var (source, reference) = (source, Int32(0))
    let status = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lk_compile(vm, $0.baseAddress ?? emptyText, $0.count, name, environment, &reference)
      }
    }
    try check(status)
    return reference
  }

  /// Starts a budget, and clears what killed the run before.
  public func arm(_ budget: Budget) {
    nestedKill = false
    lk_arm(vm, budget.limits)
  }

  /// What is left of the budget that was armed last; what is used up is 1, as 0 is no limit.
  public var remaining: Budget { Budget(lk_left(vm)) }

  /// Takes from the budget what a run of another VM spent for this one.
  public func spend(_ instructions: UInt64, output: UInt64) {
    lk_charge(vm, instructions)
    _ = lk_spend_output(vm, min(output, lk_left(vm).output))
  }

  /// CPU time of this thread; nanoseconds.
  public static var processorTime: UInt64 { lk_processor_time() }

  /// Says that the run that was armed has ended.
  public func disarm() { lk_disarm(vm) }

  /// Instructions spent since the budget was armed; the same for the same script and data.
  public var instructions: UInt64 { lk_instructions(vm) }
  /// Bytes held.
  public var memory: Int { lk_memory(vm) }
  /// What cut the run off.
  public var killed: LuaFailure.Limit? { LuaFailure.Limit(rawValue: lk_killed(vm).rawValue) }

  /// Calls a function.
  ///
  /// - Parameters:
  ///   - display: whether tables among the results are for showing: bounded, never raising.
  ///   - record: the name of the first table among the arguments, where that is a record: reading a key
  ///     that it lacks asks the host.
  public func call(
    _ function: LuaFunction, _ arguments: [LuaValue] = [], display: Bool = false,
    record: String? = nil
  ) throws(LuaFailure) -> [LuaValue] {
    try call(function, arguments, display ? LK_DISPLAY : LK_COPY, record: record)
    return results()
  }

  /// Calls a function and holds its first result, whatever it is, inside the VM.
  public func callKeeping(_ function: LuaFunction, _ arguments: [LuaValue] = [])
    throws(LuaFailure) -> LuaFunction
  {
    try call(function, arguments, LK_KEEP)
    guard case .function(let kept)? = results().first else {
      throw LuaFailure(.error, "internal: nothing was kept")
    }
    return kept
  }

  private func call(
    _ function: LuaFunction, _ arguments: [LuaValue], _ mode: lk_mode, record: String? = nil
  ) throws(LuaFailure) {
    var list = ValueList()
    for argument in arguments { list.add(argument) }
    if let record { list.makeFirstRecord(record) }
    let status = list.withValues {
      lk_call(vm, function.reference, $0.baseAddress, UInt32($0.count), mode)
    }
    try check(status)
  }

  /// Runs a template over a set of globals, which only this instance's functions see, and holds its
  /// first result inside the VM.
  public func instantiate(_ template: LuaTemplate, over environment: LuaEnvironment)
    throws(LuaFailure) -> LuaFunction
  {
    var reference: Int32 = 0
    try check(lk_instantiate(vm, template.reference, environment.reference, &reference))
    return LuaFunction(reference: reference)
  }

  /// Holds a function that a call of the host brought beyond the call; give it back with `release`.
  public func keep(_ function: LuaFunction) { lk_keep(vm, function.reference) }

  public func release(_ environment: LuaEnvironment) { lk_release(vm, environment.reference) }

  public func release(_ function: LuaFunction) { lk_release(vm, function.reference) }

  public func set(_ name: String, _ value: LuaValue, in environment: LuaEnvironment)
    throws(LuaFailure)
  {
    var list = ValueList()
    list.add(value)
    let status = list.withValues {
      lk_set_global(vm, environment.reference, name, $0.baseAddress, UInt32($0.count))
    }
    try check(status)
  }

  /// A flag that a signal handler may set; the running script then ends.
  public func interrupt(on flag: InterruptFlag) {
    lk_set_interrupt(vm, flag.address)
  }

  /// Where the script is that called the host: `file.lua:12`; empty outside a call.
  public var position: String {
    var text = [CChar](repeating: 0, count: 100)
    let length = lk_position(vm, &text, text.count)
    return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the run under way is interrupted or out of time: what the host does for it should end.
  public var isExpired: Bool { lk_expired(vm) != LK_NONE }

  /// Takes from the budget of output what the host is about to write for the script.
  ///
  /// - Returns: false when there is not that much left; nothing may be written, and the run ends.
  public func spendOutput(_ bytes: Int) -> Bool { lk_spend_output(vm, UInt64(max(0, bytes))) != 0 }

  /// Says that what objects show may have changed: remembered fields are forgotten.
  public func touch() { lk_touch(vm) }

  /// Runs work whose objects belong to it: when it has ended, a script that kept one gets an error.
  public func pass<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    lk_begin_pass(vm)
    defer { lk_end_pass(vm) }
    return try body()
  }

  /// Gives back time that the host spent on what is not this run's; nanoseconds.
  public func excuse(_ time: UInt64) { lk_excuse(vm, time) }

  /// Counts what the host holds for the scripts against the VM's memory; bytes.
  ///
  /// - Returns: false where both together are more than it may have; the run then ends.
  public func reserve(_ bytes: Int) -> Bool { lk_reserve(vm, max(0, bytes)) != 0 }

  /// Charges work of the host to the budget of instructions.
  public func charge(_ amount: Int) { lk_charge(vm, UInt64(max(0, amount))) }

  /// Makes the n-th growth from now on fail, for tests; nil for none.
  public func failAllocation(after count: Int?) { lk_fail_allocation(vm, Int64(count ?? -1)) }

  func results() -> [LuaValue] {
    var count: UInt32 = 0
    guard let values = lk_results(vm, &count), count > 0 else { return [] }
    return readValues(UnsafeBufferPointer(start: values, count: Int(count)))
  }

  func check(_ status: lk_status) throws(LuaFailure) {
    guard status != LK_OK else { return }
    let text = lk_message(vm)
    let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.length)
    let message = String(decoding: bytes, as: UTF8.self)
    switch status {
    case LK_INCOMPLETE: throw LuaFailure(.incomplete, message)
    case LK_KILLED:
      nestedKill = true
      throw LuaFailure(.killed(killed ?? .interrupt), message)
    default: throw LuaFailure(.error, message)
    }
  }

  // MARK: The host's side of a call

  fileprivate func respond(_ operation: UInt32, _ arguments: UnsafeBufferPointer<lk_value>)
    -> lk_answer
  {
    do {
      let call = LuaCall(vm: vm, values: arguments)
      try host(Int(operation), call)
      return nestedKill ? LK_KILL : LK_DONE
    } catch {
      if nestedKill { return LK_KILL }
      let raise = (error as? LuaRaise) ?? LuaRaise(String(describing: error))
      var message = raise.message
      message.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          lk_fail(vm, $0.baseAddress ?? emptyText, $0.count)
        }
      }
      return raise.positioned ? LK_RAISE : LK_RAISE_BARE
    }
  }
}

/// The C side calls this; it never raises, and nothing of Lua runs before it has returned.
private func answer(
  _ context: UnsafeMutableRawPointer?, _ vm: OpaquePointer?, _ operation: UInt32,
  _ arguments: UnsafePointer<lk_value>?, _ count: UInt32
) -> lk_answer {
  guard let context,
    let owner = context.assumingMemoryBound(to: Unmanaged<LuaVM>?.self).pointee
  else { return LK_RAISE }
  return owner._withUnsafeGuaranteedRef {
    $0.respond(operation, UnsafeBufferPointer(start: arguments, count: Int(count)))
  }
}

var emptyText: UnsafePointer<CChar> {
  UnsafeRawPointer(("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
}
