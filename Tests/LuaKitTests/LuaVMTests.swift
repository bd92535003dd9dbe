import LuaKit
import Testing

/// A VM with one host function `host`, which answers what the test says.
final class Harness {
  var vm: LuaVM
  let environment: LuaEnvironment
  var printed = ""

  init(
    _ capacity: LuaVM.Capacity = .rule, sealed: Bool = false,
    host: @escaping ([LuaValue]) throws -> [LuaValue] = { _ in [] }
  ) throws {
    final class Box { var print: (String) -> Void = { _ in } }
    let box = Box()
    vm = try LuaVM(capacity, seed: 1) { operation, call in
      switch operation {
      case 0: call.answer(all: try host(call.arguments))
      case 1: if case .string(let text)? = call.arguments.first { box.print(text) }
      case 2: throw LuaRaise("unknown name")
      default: throw LuaRaise("no such field")
      }
    }
    try vm.define(function: "host", 0)
    try vm.define(function: "space.inner", 0)
    try vm.define(classID: 1, name: "thing", missing: 3)
    try vm.define(field: "size", of: 1, 0)
    try vm.define(method: "grow", of: 1, 0)
    vm.define(missingGlobal: 2, print: 1)
    environment = try vm.environment(sealed: sealed)
    box.print = { [unowned self] in printed += $0 }
  }

  func run(_ source: String, _ budget: LuaVM.Budget = .counted) throws -> [LuaValue] {
    let function = try vm.compile(source, name: "=test", environment)
    defer { vm.release(function) }
    vm.arm(budget)
    return try vm.call(function)
  }

  func failure(_ source: String, _ budget: LuaVM.Budget = .counted) -> LuaFailure? {
    do {
      _ = try run(source, budget)
      return nil
    } catch { return error as? LuaFailure }
  }
}

struct LuaVMTests {
  @Test func valuesGoBothWays() throws {
    let values: [LuaValue] = [
      .nil, .boolean(true), .integer(.min), .number(0.5), .string("é\0x"), .bytes([0xff]),
      .record([("a", .list([.integer(1), .string("x")])), ("b", .boolean(false))]),
      .object(LuaObject(classID: 1, slot: 7, word: -5)),
    ]
    let harness = try Harness { arguments in values + arguments }
    let results = try harness.run("return host(1, 'z', {2})")
    #expect(results == values + [.integer(1), .string("z"), .list([.integer(2)])])
  }

  @Test func errorsHavePositionsAndAreOrdinary() throws {
    let harness = try Harness { _ in throw LuaRaise("bad thing") }
    #expect(harness.failure("\nhost()") == LuaFailure(.error, "test:2: bad thing"))
    #expect(
      try harness.run("local ok, e = pcall(host) return ok, e")
        == [.boolean(false), .string("bad thing")])
    #expect(harness.failure("error()") == LuaFailure(.error, "raised nil, expected a text"))
    #expect(harness.failure("error({})") == LuaFailure(.error, "raised a table, expected a text"))
    #expect(harness.failure("return x.y.z") == LuaFailure(.error, "test:1: unknown name"))
    #expect(harness.failure("for").map(\.code) == .incomplete)
    #expect(harness.failure("x = = 1").map(\.code) == .error)
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "xpcall(function() while true do end end, function() while true do end end)",
    "pcall(pcall, pcall, function() while true do end end) while true do end",
    "table.sort({3,2,1}, function() while true do end end)",
    "string.gsub('a', '.', function() while true do end end)",
    "for i = 1, 1e9 do host() end", "for i = 1, 1e9 do ('x'):rep(100) end",
    "while true do for k in pairs{1,2,3} do end end", "local t = {} while true do t[1] = #t end",
  ])
  func aKillCannotBeSwallowed(source: String) throws {
    let harness = try Harness()
    let first = harness.failure(source)
    #expect(first == LuaFailure(.killed(.instructions), first?.message ?? ""))
    // The VM goes on, and the count is the same each time.
    let spent = harness.vm.instructions
    #expect(try harness.run("return 1") == [.integer(1)])
    #expect(harness.failure(source)?.code == .killed(.instructions))
    #expect(harness.vm.instructions == spent)
  }

  @Test(arguments: [
    "local function f() pcall(f) f() end f()",
    "local function f() string.gsub('a', '.', f) end f()",
    "local function f() return 1 + f() end f()",
    "return xpcall(error, function(e) error(e) end, 'x')",
    "local function h() return h() + 1 end return xpcall(error, h)",
  ])
  func endlessRecursionEnds(source: String) throws {
    let harness = try Harness()
    _ = harness.failure(source)
    #expect(try harness.run("return 1") == [.integer(1)])
  }

  @Test(arguments: [
    "local s = 'x' while true do s = s .. s end", "local t = {} while true do t = {t} end",
    "local t, i = {}, 0 while true do i = i + 1 t[i] = i end",
    "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
    "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
  ])
  func memoryIsBounded(source: String) throws {
    let harness = try Harness()
    let failure = harness.failure(source, .init())
    #expect(failure?.code == .killed(.memory))
    #expect(harness.vm.memory <= LuaVM.Capacity.rule.memory)
  }

  @Test func otherLimits() throws {
    let harness = try Harness()
    #expect(
      harness.failure("while true do print(('x'):rep(1000)) end")?.code == .killed(.output))
    #expect(harness.printed.utf8.count <= 64 << 10)
    #expect(
      harness.failure("while true do end", .init(wall: 50_000_000))?.code == .killed(.time))
    #expect(
      harness.failure("while true do end", .init(cpu: 50_000_000))?.code == .killed(.time))
    let long = "return " + String(repeating: " ", count: 70_000)
    #expect(harness.failure(long)?.message.contains("source: expected at most 65536 bytes") == true)
    #expect(
      harness.failure("host(table.unpack({}, 1, 100))")?.message
        == "test:1: expected at most 16 arguments, got 100")
  }

  @Test func aKillInACallbackEndsTheOuterCallToo() throws {
    final class Box { var vm: LuaVM? }
    let box = Box()
    let harness = try Harness { arguments in
      guard case .function(let function)? = arguments.first, let vm = box.vm else { return [] }
      // A host that swallows the failure: the script must end all the same.
      _ = try? vm.call(function)
      return [.string("swallowed")]
    }
    box.vm = harness.vm
    #expect(
      harness.failure("pcall(host, function() while true do end end) return 1")?.code
        == .killed(.instructions))
    box.vm = nil
  }

  @Test func aSealedEnvironmentKeepsItsGlobals() throws {
    let harness = try Harness(sealed: true)
    #expect(
      harness.failure("x = 1")?.message
        == "test:1: global 'x' cannot be set here; use 'local x'")
    #expect(harness.failure("print = nil")?.message.contains("cannot be set") == true)
    // What one instance does to a library's table stays in it.
    _ = try harness.run("string.format = function() return 'free' end")
    let fresh = try harness.vm.environment(sealed: true)
    let check = try harness.vm.compile("return string.format('%d', 7)", name: "=t", fresh)
    #expect(try harness.vm.call(check) == [.string("7")])
    #expect(try harness.run("return ('%d'):format(7)") == [.string("7")])
  }

  @Test func instancesOfOneFileShareNothing() throws {
    let harness = try Harness()
    let vm = harness.vm
    let template = try vm.compile(
      template: "string.mark = (string.mark or 0) + 1\nlocal n = 0\n"
        + "return function() n = n + 1 return n, string.mark, oops end", name: "@rule.lua")
    vm.arm(.counted)
    let one = try vm.instantiate(template, over: try vm.environment(sealed: true))
    let other = try vm.instantiate(template, over: try vm.environment(sealed: true))
    for function in [one, one, other] {
      #expect(throws: LuaFailure(.error, "rule.lua:3: unknown name")) { try vm.call(function) }
    }
    let counting = try vm.compile(
      template: "local n = 0 return function() n = n + 1 return n end", name: "=count")
    let (a, b) = (
      try vm.instantiate(counting, over: try vm.environment(sealed: true)),
      try vm.instantiate(counting, over: try vm.environment(sealed: true))
    )
    #expect(try vm.call(a) == [.integer(1)])
    #expect(try vm.call(a) == [.integer(2)])
    #expect(try vm.call(b) == [.integer(1)])
    #expect(throws: LuaFailure.self) { try vm.compile(template: "\u{1b}Lua", name: "=b") }
  }

  @Test func anObjectEndsWithItsPass() throws {
    let thing = LuaValue.object(LuaObject(classID: 1, word: 3))
    let harness = try Harness { _ in [thing] }
    let vm = harness.vm
    let keep = try vm.compile("kept = host() return kept.size", name: "=t", harness.environment)
    vm.arm(.counted)
    #expect(try vm.pass { try vm.call(keep) } == [thing])
    let ended = "test:1: thing: is no longer available; the pass that it belongs to has ended"
    #expect(harness.failure("return kept.size")?.message == ended)
    #expect(harness.failure("return kept:grow()")?.message == ended)
    #expect(harness.failure("host(kept)")?.message == ended)
    // Another pass is not the one it belongs to.
    let use = try vm.compile("return kept.size", name: "=test", harness.environment)
    #expect(throws: LuaFailure(.error, ended)) { try vm.pass { try vm.call(use) } }
    #expect(harness.failure("assert(kept == kept and type(kept) == 'userdata')") == nil)
  }

  @Test func aFieldIsAskedForOnce() throws {
    final class Counter { var calls = 0 }
    let counter = Counter()
    let vm = try LuaVM(.rule, seed: 1) { operation, call in
      counter.calls += 1
      call.answer(operation == 0 ? .object(LuaObject(classID: 1)) : .integer(Int64(counter.calls)))
    }
    try vm.define(function: "thing", 0)
    try vm.define(classID: 1, name: "thing", missing: 9, remembers: true)
    try vm.define(field: "size", of: 1, 1)
    let environment = try vm.environment(sealed: false)
    let chunk = try vm.compile(
      "t = t or thing() return t.size, t.size, t.size", name: "=t", environment)
    vm.arm(.counted)
    #expect(try vm.call(chunk) == [.integer(2), .integer(2), .integer(2)])
    #expect(try vm.call(chunk) == [.integer(2), .integer(2), .integer(2)])
    vm.touch()
    #expect(try vm.call(chunk) == [.integer(3), .integer(3), .integer(3)])
  }
}
