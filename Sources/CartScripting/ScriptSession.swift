import CartEngine
import CartModel
import CartReports
import CartStorage
import CartSupport
import LuaKit

/// A Lua VM with the API of carts, over one command handler.
///
/// At the prompt its globals live as long as it does, and a cart in a variable is read afresh in
/// each run; a rule file's session is sealed and thrown away.
public final class ScriptSession {
  public let handler: CommandHandler
  public let profile: Profile
  /// The run that what scripts change belongs to; without one they change nothing.
  public private(set) var run: Run?
  /// Where `print` goes.
  public var output: (String) -> Void
  /// Where `log` and `progress` go.
  public var messages: (String) -> Void = { _ in }
  /// Folders that `require` and `list` look into.
  public var libraryFolder = ""
  /// Gives the text of `lib/x.lua` or `lists/y` in place of those folders.
  public var readSource: ((String) throws -> String?)?
  /// What was read beside the script itself, by its path.
  public internal(set) var usedSources: [String] = []
  /// The digests of the modules that scripts of this session required, by their paths: `lib/x.lua`.
  public internal(set) var libraryDigests: [String: String] = [:]
  var lists: [String: ScriptList] = [:] {
    didSet { (lastList, listMatchers) = (nil, [:]) }
  }
  /// Of the lists that `match` was asked of.
  var listMatchers: [String: ListMatcher] = [:]
  /// By the texts that the files of several were made of.
  var sharedLists: [String: ScriptList] = [:]
  /// The one that was asked last.
  var lastList: (slot: UInt32, list: ScriptList)?

  var vm: LuaVM
  var environment: LuaEnvironment
  let seed: UInt64
  var budget = LuaVM.Budget.console
  /// What judging one cart by one rule may use.
  public var ruleBudget = LuaVM.Budget.rule
  /// Whether the CPU time of runs is counted.
  public var isTimed = false
  /// What runs took while they were timed; nanoseconds of CPU time.
  public private(set) var time: UInt64 = 0
  /// The session whose run asks this one: what is spent here is spent of that run's budget as well.
  public weak var outer: ScriptSession?
  var interruptFlag: InterruptFlag?
  /// The line that a place like `#2` was shown as; nil where nothing is shown.
  public var shownLine: ((_ place: String, Cart) throws -> Line)?
  /// Filters of texts that mean the same at any time; rules ask them of each cart.
  var filters: [String: Filter] = [:]
  var names: [String] = []
  var nameIndex: [String: UInt32] = [:]
  var queries = RecentValues<ScriptQuery>()
  /// The numbers of the names of lines, for each `cart.lines` that was read.
  var lineLists = RecentValues<[UInt32]>()
  var questions = RecentValues<SharedQuestion>()
  var sharedWords: [(arguments: LuaArguments, words: SharedWords)] = []
  /// In a pass whose rules ask of other carts, the stored cart that is asked about.
  var row: CartRow?
  var wantsRow = false
  var customers = RecentValues<ScriptCustomer>()
  /// Earlier moments that objects look at.
  var moments: [Timestamp] = []
  var momentIndex: [Timestamp: Int64] = [:]
  /// What `plan(fn)` worked out last.
  public var lastPlan: Plan?
  var definitions: [PendingDefinition] = []
  /// Set while a file is read through an importer.
  var bridge: ImportBridge?
  public internal(set) var reports: [String: ScriptReport] = [:]
  /// The reports under way, one within the other.
  var reportNames: [String] = []
  public internal(set) var importers: [String: ScriptImporter] = [:]
  /// In the order in which they stand.
  public internal(set) var rules: [ScriptRule] = []
  public internal(set) var policies: [ScriptPolicy] = []
  public internal(set) var tests: [ScriptTest] = []
  /// Set while a test runs.
  var judgeFixture: ((String, JSONValue) throws -> ScriptTestVerdict)?
  /// While a rule judges, only what is the same live and later can be asked.
  var isJudging = false
  /// While a policy decides, it may look at the shop and change nothing.
  var isDeciding = false
  /// Whether the file itself, too, may only define and ask what a rule may ask.
  public var isFenced = false
  /// What read the clock last: `cart.idle`, `now`.
  public var clockRead: String?
  /// Whether the call under way has read the clock.
  var hasReadClock = false
  /// Whether texts are looked at for times that are relative to the clock.
  public var watchesClock = false
  /// While a rule is traced, what it asked.
  var facts: [ScriptFact]?
  /// Where the fields of the cart that is judged are answered from.
  public var view: CartView?
  /// In a pass over several files, what each has for itself, from 1, and which turn is of which.
  var contexts: [Context] = []
  var contextOfTurn: [Int] = []
  var loadingContext: Int?
  var isTakingTurns = false
  /// Answers that are tried in place of the true ones.
  var answers: [String: LuaValue] = [:]
  var modules: [String: LuaFunction] = [:]
  var loading: [String] = []
  /// What the latest run spent on a VM that was replaced.
  var spentBefore: UInt64?
  /// How many runs of the VM are under way, one within the other.
  var depth = 0
  var reads: UInt8 = 0

  public enum Profile: Sendable {
    /// The prompt and `cartio run`: globals can be set.
    case console
    /// Rules, reports, importers: setting a global raises.
    case rule

    var capacity: LuaVM.Capacity {
      switch self {
      case .console: .console
      case .rule: .rule
      }
    }
  }

  public init(
    _ handler: CommandHandler, profile: Profile, seed: UInt64, capacity: LuaVM.Capacity? = nil,
    output: @escaping (String) -> Void
  ) throws(ScriptError) {
    self.handler = handler
    self.profile = profile
    self.seed = seed
    self.capacity = capacity ?? profile.capacity
    self.output = output
    do throws(LuaFailure) {
      (vm, environment) = try Self.open(self.capacity, profile, seed, holder)
    } catch { throw ScriptError(error) }
    holder.session = self
  }

  /// The shape of the tables that an operation answers, made when it answers the first.
  private func shape(of operation: Int) -> LuaShape {
    if shapes.isEmpty {
      shapes = [LuaShape?](repeating: nil, count: Dispatch.shared.operations.count)
    }
    if let known = shapes[operation] { return known }
    let made = ScriptRecord.shape(Dispatch.shared.operations[operation].entry.answer)
    shapes[operation] = made
    return made
  }

  private var shapes: [LuaShape?] = []
  let capacity: LuaVM.Capacity
  let holder = Holder()

  /// Breaks the cycle between the VM's host and the session.
  final class Holder {
    weak var session: ScriptSession?
  }

  static func open(
    _ capacity: LuaVM.Capacity, _ profile: Profile, _ seed: UInt64, _ holder: Holder
  ) throws(LuaFailure) -> (LuaVM, LuaEnvironment) {
    let vm = try LuaVM(capacity, profile: profile == .rule ? .rule : .console, seed: seed) {
      operation, call in
      guard let session = holder.session else { throw LuaRaise("the session has ended") }
      if let shortcut = Dispatch.shared.shortcuts[operation],
        let answer = try session.take(shortcut, call)
      {
        return call.answer(answer)
      }
      let answer = try session.dispatch(operation, call.arguments)
      guard answer.contains(where: \.isTable) else { return call.answer(all: answer) }
      let entry = Dispatch.shared.operations[operation].entry
      let shape = session.shape(of: operation)
      if entry.isSealed, case .table? = answer.first {
        call.answer(sealed: answer[0], shape, name: entry.name)
      } else {
        call.answer(all: answer, shape)
      }
    }
    try Dispatch.shared.define(in: vm)
    return (vm, try vm.environment(sealed: profile == .rule))
  }

  // MARK: Running

  /// Lets what scripts of this session change belong to a run.
  public func working<T>(in run: Run, _ body: () throws -> T) rethrows -> T {
    let outer = self.run
    self.run = run
    defer { self.run = outer }
    return try body()
  }

  public func limit(_ budget: LuaVM.Budget) { self.budget = budget }

  /// A flag that a signal handler may set; the script then ends.
  public func interrupt(on flag: InterruptFlag) {
    interruptFlag = flag
    vm.interrupt(on: flag)
  }

  /// Runs a chunk; an expression gives its value.
  ///
  /// - Parameter isExpression: whether `return` may be put before it, as at the prompt.
  /// - Throws: `incomplete` for a chunk that could go on.
  public func run(_ source: String, name: String, isExpression: Bool = false)
    throws(ScriptError) -> [LuaValue]
  {
    try outermost(budget) { () throws(LuaFailure) in
      let function = try compile(source, name: name, isExpression)
      defer { vm.release(function) }
      let results = try vm.call(function, display: true)
      if isExpression, !results.isEmpty { try vm.setLast("_", in: environment) }
      return results
    }
  }

  /// Made once: a pass sets them for each cart.
  private lazy var stopsHost: () -> Bool = { [unowned self] in vm.isExpired }
  private lazy var sharesWork: (UInt64) -> Void = { [unowned self] time in
    vm.excuse(time)
    outerSharedWork?(time)
  }
  private var outerSharedWork: ((UInt64) -> Void)?
  /// What the run does not save counts against the VM's memory: at the prompt all that the sandbox holds,
  /// else what was added since the run began.
  private lazy var boundsUnsaved: (Int) -> Int? = { [unowned self] bytes in
    vm.reserve(bytes - unsavedBefore) ? outerBound?(bytes) : capacity.memory
  }
  private var outerBound: ((Int) -> Int?)?
  private var unsavedBefore = 0

  /// Runs work of the VM under a budget.
  ///
  /// Within a run of the same VM, as a script's own report, the budget is the outer one's, and a VM
  /// that ran out of memory is replaced only once nothing of it is on the stack. Within a run of another
  /// VM, as a rule in a test, it is at most what that run has left.
  func outermost<T>(
    _ budget: LuaVM.Budget, _ body: () throws(LuaFailure) -> T
  ) throws(ScriptError) -> T {
    let (store, hooks) = (handler.shop.store, handler.hooks)
    let (outer, told, bounded) = (store.shouldStop, hooks.onSharedWork, hooks.exceededBound)
    depth += 1
    if depth == 1 {
      outerSharedWork = told
      (store.shouldStop, hooks.onSharedWork) = (stopsHost, sharesWork)
      (outerBound, unsavedBefore) = (bounded, profile == .console ? 0 : handler.unsavedBytes)
      hooks.exceededBound = boundsUnsaved
    }
    let armed = self.outer.map { budget.within($0.vm.remaining) } ?? budget
    let start = isTimed && depth == 1 ? LuaVM.processorTime : 0
    defer {
      depth -= 1
      if depth == 0 {
        vm.disarm()
        (store.shouldStop, hooks.onSharedWork) = (outer, told)
        hooks.exceededBound = bounded
        if start > 0 { time += LuaVM.processorTime - start }
        // Reading what is left asks for the time: too dear for each judgement of a pass.
        if let spender = self.outer?.vm {
          let left = vm.remaining.output
          spender.spend(instructions, output: armed.output > left ? armed.output - left : 0)
        }
      }
    }
    do throws(LuaFailure) {
      if depth == 1 {
        vm.arm(armed)
        spentBefore = nil
        _ = vm.reserve(handler.unsavedBytes - unsavedBefore)
      }
      return try body()
    } catch {
      guard depth == 1 else { throw ScriptError(error) }
      if error.code == .error, interruptFlag?.isSet == true {
        throw ScriptError(.interrupted, "interrupted")
      }
      throw failed(error)
    }
  }

  /// The bound that so many unsaved bytes exceed, also where no script runs; nil where they fit.
  public func bound(exceededBy bytes: Int) -> Int? {
    capacity.memory == 0 || vm.memory + bytes <= capacity.memory ? nil : capacity.memory
  }
}
