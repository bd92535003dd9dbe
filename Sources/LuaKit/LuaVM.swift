import CLuaKit

/// One Lua VM, confined to the thread that made it; knows nothing of carts.
///
/// All of Lua's own calls are in `CLuaKit`: no Swift frame is on the stack when Lua unwinds.
public final class LuaVM {
  /// Answers a script's call of a defined operation.
  public typealias Host = (_ operation: Int, _ arguments: [LuaValue]) throws -> [LuaValue]

  private let vm: OpaquePointer
  private let host: Host
  /// A kill or failure that a nested call met; the script must not swallow it.
  private var nestedKill = false

  /// What a VM may hold; 0 for no limit. Bytes.
  public struct Capacity: Sendable {
    public var memory: Int
    public var block: Int
    public var source: Int

    public init(memory: Int, block: Int, source: Int) {
      self.memory = memory
      self.block = block
      self.source = source
    }

    public static let rule = Capacity(memory: 8 << 20, block: 1 << 20, source: 64 << 10)
    public static let console = Capacity(memory: 256 << 20, block: 64 << 20, source: 4 << 20)
  }

  /// What one run may use; 0 for no limit.
  public struct Budget: Sendable {
    public var instructions: UInt64
    /// Nanoseconds.
    public var cpu: UInt64
    /// Nanoseconds.
    public var wall: UInt64
    /// Bytes that `print` may write.
    public var output: UInt64

    public init(
      instructions: UInt64 = 0, cpu: UInt64 = 0, wall: UInt64 = 0, output: UInt64 = .max
    ) {
      self.instructions = instructions
      self.cpu = cpu
      self.wall = wall
      self.output = output
    }

    public static let rule = Budget(instructions: 1_000_000, cpu: 100_000_000, output: 64 << 10)
    public static let report = Budget(
      instructions: 200_000_000, cpu: 20_000_000_000, output: 64 << 10)
    public static let console = Budget()
  }

  /// - Parameter seed: starts `math.random`.
  /// - Throws: `killed(.memory)` when the capacity does not even hold the libraries.
  public init(_ capacity: Capacity, seed: UInt64, host: @escaping Host) throws(LuaFailure) {
    self.host = host
    let limits = lk_limits(
      memory: capacity.memory, block: capacity.block, source: capacity.source)
    let context = UnsafeMutablePointer<Unmanaged<LuaVM>?>.allocate(capacity: 1)
    context.initialize(to: nil)
    guard let vm = lk_open(limits, seed, answer, context) else {
      context.deallocate()
      throw LuaFailure(.killed(.memory), "not enough memory to start Lua")
    }
    self.vm = vm
    self.context = context
    context.pointee = Unmanaged.passUnretained(self)
  }

  private let context: UnsafeMutablePointer<Unmanaged<LuaVM>?>

  deinit {
    lk_close(vm)
    context.deallocate()
  }

  // MARK: Definitions

  /// Defines a global function, or one of a table of them: `blacklist.add`.
  public func define(function name: String, _ operation: Int) throws(LuaFailure) {
    try check(lk_define_function(vm, name, UInt32(operation)))
  }

  /// - Parameter missing: the operation for a member that does not exist.
  public func define(classID: UInt32, name: String, missing: Int) throws(LuaFailure) {
    try check(lk_define_class(vm, classID, name, UInt32(missing)))
  }

  public func define(field name: String, of classID: UInt32, _ operation: Int)
    throws(LuaFailure)
  {
    try check(lk_define_member(vm, classID, name, UInt32(operation), 0))
  }

  public func define(method name: String, of classID: UInt32, _ operation: Int)
    throws(LuaFailure)
  {
    try check(lk_define_member(vm, classID, name, UInt32(operation), 1))
  }

  /// - Parameter event: `index` (by integer), `len`, `call`, `tostring`, `eq`, `lt`, `add`, …
  public func define(event: String, of classID: UInt32, _ operation: Int) throws(LuaFailure) {
    try check(lk_define_event(vm, classID, event, UInt32(operation)))
  }

  /// The operations for a global that does not exist, and for `print`.
  public func define(missingGlobal: Int, print: Int) {
    lk_define_missing_global(vm, UInt32(missingGlobal))
    lk_define_print(vm, UInt32(print))
  }

  /// Defines a global that holds a value, in every environment made from now on.
  public func define(global name: String, _ value: LuaValue) throws(LuaFailure) {
    var list = ValueList()
    list.add(value)
    try check(
      list.withValues { lk_define_global(vm, name, $0.baseAddress, UInt32($0.count)) })
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
    var (source, reference) = (source, Int32(0))
    let status = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lk_compile(
          vm, $0.baseAddress ?? emptyText, $0.count, name, environment.reference, &reference)
      }
    }
    try check(status)
    return LuaFunction(reference: reference)
  }

  /// Starts a budget, and clears what killed the run before.
  public func arm(_ budget: Budget) {
    nestedKill = false
    lk_arm(vm, budget.instructions, budget.cpu, budget.wall, budget.output)
  }

  /// Instructions spent since the budget was armed; the same for the same script and data.
  public var instructions: UInt64 { lk_instructions(vm) }
  /// Bytes held.
  public var memory: Int { lk_memory(vm) }
  /// What cut the run off.
  public var killed: LuaFailure.Limit? { LuaFailure.Limit(rawValue: lk_killed(vm).rawValue) }

  /// Calls a function.
  ///
  /// - Parameter display: whether tables among the results are for showing: bounded, never raising.
  public func call(_ function: LuaFunction, _ arguments: [LuaValue] = [], display: Bool = false)
    throws(LuaFailure) -> [LuaValue]
  {
    try call(function, arguments, display ? LK_DISPLAY : LK_COPY)
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

  private func call(_ function: LuaFunction, _ arguments: [LuaValue], _ mode: lk_mode)
    throws(LuaFailure)
  {
    var list = ValueList()
    for argument in arguments { list.add(argument) }
    let status = list.withValues {
      lk_call(vm, function.reference, $0.baseAddress, UInt32($0.count), mode)
    }
    try check(status)
  }

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

  /// Sets a global to the first result of the last call for display.
  public func setLast(_ name: String, in environment: LuaEnvironment) throws(LuaFailure) {
    try check(lk_set_last(vm, environment.reference, name))
  }

  /// Names of the globals that scripts have set.
  public func globals(of environment: LuaEnvironment) throws(LuaFailure) -> [String] {
    try check(lk_globals(vm, environment.reference))
    return results().compactMap { if case .string(let name) = $0 { name } else { nil } }.sorted()
  }

  /// A flag that a signal handler may set; the running script then ends.
  public func interrupt(on flag: InterruptFlag) {
    lk_set_interrupt(vm, flag.address)
  }

  /// Charges work of the host to the budget of instructions.
  public func charge(_ amount: Int) { lk_charge(vm, UInt64(max(0, amount))) }

  /// Makes the n-th growth from now on fail, for tests; nil for none.
  public func failAllocation(after count: Int?) { lk_fail_allocation(vm, Int64(count ?? -1)) }

  private func results() -> [LuaValue] {
    var count: UInt32 = 0
    guard let values = lk_results(vm, &count), count > 0 else { return [] }
    return readValues(UnsafeBufferPointer(start: values, count: Int(count)))
  }

  private func check(_ status: lk_status) throws(LuaFailure) {
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
      let results = try host(Int(operation), readValues(arguments))
      if nestedKill { return LK_KILL }
      lk_answer_reset(vm)
      for result in results { send(result) }
      return LK_DONE
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

/// Ctrl-C as a flag that running scripts and waiting reads look at.
public struct InterruptFlag {
  let address: UnsafeMutablePointer<sig_atomic_t>

  /// From now on SIGINT sets the flag instead of ending the process.
  public init() { address = lk_watch_interrupts() }

  public func clear() { address.pointee = 0 }
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
