import LuaKit
import Testing

/// Each budget ends a run through everything that could stand between the script and its end.
struct BudgetTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let limit: LuaFailure.Limit
    let way: String

    var testDescription: String { "\(limit), \(way)" }
  }

  /// `$` stands for what uses the budget up.
  static let ways = [
    "plain": "$",
    "pcall": "while true do pcall(function() $ end) end",
    "pcall of pcall": "while true do pcall(pcall, pcall, function() $ end) end",
    "a message handler": "while true do xpcall(error, function() $ end) end",
    "an error in a handler": "while true do xpcall(function() $ end, function() $ end) end",
    "a coroutine": "while true do coroutine.resume(coroutine.create(function() $ end)) end",
    "a wrapped coroutine": "while true do pcall(coroutine.wrap(function() $ end)) end",
    "__close":
      "while true do pcall(function() local x <close> = setmetatable({}, {__close = function() $ end}) end) end",
    "__index":
      "while true do pcall(function() return setmetatable({}, {__index = function() $ end}).x end) end",
    "__tostring": "tostring(setmetatable({}, {__tostring = function() $ end}))",
    "a comparator": "while true do pcall(table.sort, {3, 2, 1}, function() $ end) end",
    "a replacement": "while true do pcall(string.gsub, 'abc', '.', function() $ end) end",
    "the host": "while true do pcall(call, function() $ end) end",
    "the host within the host": "call(function() call(function() $ end) end) while true do end",
    "load": "while true do pcall(load('$')) end",
  ]

  static let cases: [Case] = [LuaFailure.Limit.instructions, .time, .memory, .output].flatMap {
    limit in ways.keys.sorted().map { Case(limit: limit, way: $0) }
  }

  @Test(arguments: cases)
  func itEndsTheRun(test: Case) throws {
    final class Box { var vm: LuaVM? }
    let box = Box()
    let vm = try LuaVM(.rule, profile: .console, seed: 1) { operation, call in
      // A host that swallows what its callback met.
      if operation == 0, case .function(let function)? = call.arguments.first {
        _ = try? box.vm?.call(function)
      }
    }
    box.vm = vm
    defer { box.vm = nil }
    try vm.define(function: "call", 0)
    vm.define(missingGlobal: 1, print: 1)
    let (use, budget): (String, LuaVM.Budget) =
      switch test.limit {
      case .instructions: ("while true do end", .init(instructions: 100_000))
      // Over before it begins: nothing here waits for a clock.
      case .time: ("while true do end", .init(cpu: 1))
      case .memory: ("local t = {} while true do t = {t} end", .init())
      default: ("while true do print(1) end", .init(output: 100))
      }
    let source = try #require(Self.ways[test.way]).replacing("$", with: use)
    let chunk = try vm.compile(source, name: "=t", try vm.environment(sealed: false))
    vm.arm(budget)
    var code: LuaFailure.Code?
    do throws(LuaFailure) { _ = try vm.call(chunk) } catch { code = error.code }
    #expect(code == .killed(test.limit))
  }

  @Test func aBlockThatIsTooLargeIsRefused() throws {
    let vm = try LuaVM(
      .init(memory: 0, block: 1 << 16, source: 0), seed: 1
    ) { _, _ in }
    for source in [
      "local s = 'x' while true do s = s .. s end",
      "local t = {} for i = 1, 1e9 do t[i] = i end",
      "pcall(function() local s = 'x' while true do s = s .. s end end) return 1",
      "return table.concat({('x'):rep(60000), ('y'):rep(60000)})",
    ] {
      let chunk = try vm.compile(source, name: "=t", try vm.environment(sealed: true))
      vm.arm(.init())
      var code: LuaFailure.Code?
      do throws(LuaFailure) { _ = try vm.call(chunk) } catch { code = error.code }
      #expect(code == .killed(.memory), "\(source)")
      #expect(vm.memory < 1 << 20)
    }
  }

  @Test func textsAndArgumentsAreCounted() throws {
    let vm = try LuaVM(.rule, seed: 1) { _, _ in }
    try vm.define(function: "host", 0)
    let environment = try vm.environment(sealed: true)
    #expect(throws: LuaFailure(.error, "source: expected at most 65536 bytes, got 70007")) {
      try vm.compile("return " + String(repeating: " ", count: 70_000), name: "=t", environment)
    }
    let many = try vm.compile(
      "host(table.unpack({}, 1, 17))", name: "=t", environment)
    vm.arm(.counted)
    #expect(throws: LuaFailure(.error, "t:1: expected at most 16 arguments, got 17")) {
      try vm.call(many)
    }
  }
}
