import LuaKit
import Testing

/// The n-th allocation fails, for each n until none does: the status is right, nothing is left behind
/// (the VM checks that when it closes), and the VM goes on.
struct AllocationTests {
  private func vm(_ profile: LuaVM.Profile = .console, failAllocation: Int = 0) throws(LuaFailure)
    -> LuaVM
  {
    try LuaVM(.rule, profile: profile, seed: 1, failAllocation: failAllocation) { operation, call in
      switch operation {
      case 0: call.answer(all: [.string("answer"), .list([.integer(1), .string("x")])])
      case 1: call.answer(.object(LuaObject(classID: 1, word: 5)))
      case 2: throw LuaRaise("a refusal of some length, which has to be made")
      default: call.answer(.integer(7))
      }
    }
  }

  private func define(_ vm: LuaVM) throws(LuaFailure) {
    try vm.define(function: "host", 0)
    try vm.define(function: "space.thing", 1)
    try vm.define(function: "fail", 2)
    try vm.define(classID: 1, name: "thing", missing: 2, remembers: true)
    try vm.define(field: "size", of: 1, 3)
    try vm.define(method: "grow", of: 1, 3)
    try vm.define(event: "index", of: 1, 3)
    try vm.define(event: "tostring", of: 1, 0)
    try vm.define(global: "list", .list([.integer(1), .record([("a", .string("b"))])]))
    vm.define(missingGlobal: 2, print: 3)
  }

  private func sweep(
    _ name: String, _ prepare: (LuaVM) throws(LuaFailure) -> Void = { _ throws(LuaFailure) in },
    _ body: (LuaVM) throws(LuaFailure) -> Void
  ) throws {
    for countdown in 0..<3000 {
      let vm = try vm()
      try define(vm)
      try prepare(vm)
      vm.arm(.counted)
      vm.failAllocation(after: countdown)
      var failure: LuaFailure?
      do throws(LuaFailure) { try body(vm) } catch { failure = error }
      vm.failAllocation(after: nil)
      vm.arm(.counted)
      let fresh = try vm.environment(sealed: true)
      let chunk = try vm.compile("return host()", name: "=after", fresh)
      #expect(try vm.call(chunk).first == .string("answer"), "\(name) \(countdown)")
      guard let failure else { return }
      #expect(
        failure.code == .killed(.memory) || failure.code == .error,
        "\(name) \(countdown): \(failure)")
    }
    Issue.record("\(name) never succeeds")
  }

  @Test(arguments: [LuaVM.Profile.rule, .console])
  func opening(profile: LuaVM.Profile) throws {
    for place in 1..<3000 {
      do throws(LuaFailure) {
        _ = try vm(profile, failAllocation: place)
        #expect(place > 50)
        return
      } catch { #expect(error.code == .killed(.memory)) }
    }
    Issue.record("never opens")
  }

  @Test func definitions() throws {
    try sweep("function") { (vm) throws(LuaFailure) in
      try vm.define(function: "another.function", 0)
    }
    try sweep("class") { (vm) throws(LuaFailure) in
      try vm.define(classID: 2, name: "another", missing: 2)
      try vm.define(field: "field", of: 2, 3)
      try vm.define(event: "len", of: 2, 3)
    }
    try sweep("global") { (vm) throws(LuaFailure) in
      try vm.define(
        global: "table", .record([("a", .list([.number(0.5)])), ("b", .boolean(true))]))
    }
  }

  @Test func environments() throws {
    try sweep("sealed") { (vm) throws(LuaFailure) in _ = try vm.environment(sealed: true) }
    try sweep("open") { (vm) throws(LuaFailure) in
      let environment = try vm.environment(sealed: false)
      try vm.set("x", .list([.string("y")]), in: environment)
      _ = try vm.globals(of: environment)
      _ = try vm.inventory(of: environment)
    }
  }

  @Test func compiling() throws {
    let source = "local a, b = 1, 'two' return function(c) return a + c, b .. c, {c, d = c} end"
    try sweep("chunk") { (vm) throws(LuaFailure) in
      _ = try vm.compile(source, name: "=chunk", try vm.environment(sealed: true))
    }
    try sweep("template") { (vm) throws(LuaFailure) in
      let template = try vm.compile(template: source, name: "=template")
      _ = try vm.instantiate(template, over: try vm.environment(sealed: true))
    }
  }

  static let scripts = [
    "return 1, 'two', {3, four = {5}}, print", "error('a message of some length ' .. 5)",
    "error({})", "return pcall(error, 'x')",
    "return xpcall(error, function(e) return e .. 'y' end, 'x')",
    "fail()", "return pcall(fail)", "return host('a', {1, {2}}, 0.5)", "return space.thing().size",
    "local t = space.thing() return t.size, t.size, t:grow(), t[1], tostring(t)",
    "return space.thing().bogus", "unknown()", "return list[1], list[2].a",
    "for k, v in pairs{b = 1, a = 2, [3] = 4, [0.5] = 5, [true] = 6} do host(k, v) end",
    "local t = {} for i = 1, 40 do t[i] = (i * 7) % 11 end table.sort(t) return table.concat(t, ',')",
    "return ('abc'):rep(20, '-'):gsub('%w+', function(w) return w .. w end)",
    "return ('k=v; l=w'):gsub('(%w)=(%w)', '%2=%1'), ('a,b'):find(',', 1, true)",
    "local s = '' for w in ('one two three'):gmatch('%a+') do s = s .. w end return s",
    "return string.format('%5d|%-8s|%q|%s', 5, 'x', 'y\\n', {})", "print('a', {}, print, 1.5)",
    "local t = table.pack(table.unpack({1, 2, 3})) table.insert(t, 1, 'x') return table.remove(t)",
    "return utf8.char(228, 8364), utf8.len('äö'), tostring(12345678901.5), tonumber('0x1p4')",
    "local C = setmetatable({}, {__call = function(c, x) return setmetatable({x = x}, c) end}) C.__index = C return C(5).x",
    "local co = coroutine.wrap(function(...) for i = 1, 3 do coroutine.yield(i, ...) end end) return co('a'), co(), co()",
    "return coroutine.resume(coroutine.create(function() error('in it') end))",
    "local x <close> = setmetatable({}, {__close = function() host() end}) error('closing')",
    "return load('return ' .. ('1 + '):rep(20) .. '1')()", "return load('x = = 1')",
    "return string.pack('<i4s1', 5, 'abc'), string.unpack('<i4', '\\1\\0\\0\\0')",
    "local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return f(150)",
  ]

  @Test(arguments: scripts)
  func running(source: String) throws {
    for display in [false, true] {
      final class Prepared { var chunk: LuaFunction? }
      let prepared = Prepared()
      let isError = [
        "error(", "fail()", "unknown", "return space.thing().bogus", "local x <close>",
      ]
      .contains { source.hasPrefix($0) }
      try sweep(
        source,
        { (vm) throws(LuaFailure) in
          prepared.chunk = try vm.compile(
            source, name: "=script", try vm.environment(sealed: false))
        },
        { (vm) throws(LuaFailure) in
          guard let chunk = prepared.chunk else { return }
          do throws(LuaFailure) { _ = try vm.call(chunk, display: display) } catch {
            // An error of the script itself is its success.
            if isError, error.code == .error { return }
            throw error
          }
        })
    }
  }
}
