import LuaKit
import Testing

/// What scripts of the console have beyond rules.
struct ConsoleProfileTests {
  private func run(_ source: String, _ budget: LuaVM.Budget = .counted) throws(LuaFailure)
    -> [LuaValue]
  {
    let vm = try LuaVM(.rule, profile: .console, seed: 1) { operation, call in
      if operation == 0, case .function? = call.arguments.first { return }
      if operation == 1 { throw LuaRaise("unknown name") }
    }
    vm.define(missingGlobal: 1, print: 0)
    let environment = try vm.environment(sealed: false)
    let function = try vm.compile(source, name: "=test", environment)
    vm.arm(budget)
    return try vm.call(function)
  }

  private func message(_ source: String) -> String {
    do throws(LuaFailure) {
      return "ok"
        + (try run(source)).map { value in
          if case .string(let text) = value { " '\(text)'" } else { " \(value)" }
        }.joined()
    } catch { return error.message }
  }

  @Test func classesWork() throws {
    #expect(
      try run(
        """
        local Point = {} Point.__index = Point
        function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end
        function Point:length() return self.x + self.y end
        Point.__add = function(a, b) return Point.new(a.x + b.x, a.y + b.y) end
        Point.__eq = function(a, b) return a.x == b.x and a.y == b.y end
        Point.__lt = function(a, b) return a.x < b.x end
        Point.__le = function(a, b) return a.x <= b.x end
        Point.__call = function(self, n) return self.x * n end
        Point.__len = function() return 7 end
        Point.__tostring = function(p) return '(' .. p.x .. ',' .. p.y .. ')' end
        Point.__unm = function(p) return Point.new(-p.x, -p.y) end
        local Square = setmetatable({}, {__index = Point}) Square.__index = Square
        function Square:area() return self.x * self.x end
        local p, q, s = Point.new(1, 2), Point.new(3, 4), setmetatable({x = 5, y = 0}, Square)
        assert(getmetatable(p) == Point and p ~= q and p == Point.new(1, 2) and p < q and p <= q)
        return tostring(p + q), (-p).x, p(10), #p, p:length(), s:area(), s:length(),
          rawequal(p, p), rawlen({1, 2}), rawget(p, 'z'), ('%s'):format(p)
        """)
        == [
          .string("(4,6)"), .integer(-1), .integer(10), .integer(7), .integer(3), .integer(25),
          .integer(5), .boolean(true), .integer(2), .nil, .string("(1,2)"),
        ])
    #expect(
      try run(
        """
        local log = {}
        do local a <close> = setmetatable({}, {__close = function() log[#log + 1] = 'closed' end}) end
        local t = setmetatable({}, {__index = function(_, k) return k .. '!' end,
          __newindex = function(t, k, v) rawset(t, k, v * 2) end,
          __pairs = function() return function(_, k) if not k then return 1, 'one' end end end})
        t.x = 4
        for k, v in pairs(t) do log[#log + 1] = k .. v end
        return table.concat(log, ' '), t.x, t.y
        """) == [.string("closed 1one"), .integer(8), .string("y!")])
  }

  @Test(arguments: [
    ("setmetatable({}, {__gc = print})", "test:1: setmetatable: '__gc' is not available"),
    ("setmetatable({}, {__mode = 'k'})", "test:1: setmetatable: '__mode' is not available"),
    ("setmetatable({}, {__concat = print})", "test:1: setmetatable: '__concat' is not available"),
    // What is added later is refused at the next use, and has no effect before.
    (
      "local m = {} local t = setmetatable({}, m) m.__concat = print return t .. 'x'",
      "test:1: attempt to concatenate a table value (local 't')"
    ),
    ("setmetatable(_G, {})", "test:1: setmetatable: cannot change a protected metatable"),
    (
      "local t = setmetatable({}, {__metatable = 1}) setmetatable(t, {})",
      "test:1: setmetatable: cannot change a protected metatable"
    ),
    (
      "return getmetatable(''), getmetatable(_G)",
      "ok boolean(false) boolean(false)"
    ),
    ("collectgarbage()", "test:1: collectgarbage: expected \"count\", got \"collect\""),
    ("load(function() end)", "test:1: load: expected a text, got a function"),
    (
      "return load('x = = 1')",
      "ok nil 'load:1: unexpected symbol near '=''"
    ),
    (
      "return select(2, load('\\27Lua', 'x', 'b'))",
      "ok 'attempt to load a binary chunk (mode is 't')'"
    ),
    ("coroutine.close()", "test:1: attempt to call a nil value (field 'close')"),
  ])
  func whatIsDangerousIsRefused(source: String, expected: String) {
    #expect(message(source) == expected)
  }

  @Test func loadSeesTheGlobals() throws {
    #expect(
      try run("x = 5 return load('return x')(), load('return y', 'n', 't', {y = 6})()")
        == [.integer(5), .integer(6)])
  }

  @Test func coroutinesWork() throws {
    #expect(
      try run(
        """
        local co = coroutine.create(function(a, b)
          local c = coroutine.yield(a + b)
          local d, e = coroutine.yield(c * 2)
          return d .. e
        end)
        local _, x = coroutine.resume(co, 1, 2)
        local before = coroutine.status(co)
        local _, y = coroutine.resume(co, 10)
        local _, z = coroutine.resume(co, 'd', 'e')
        local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
        local sum = 0
        for i in gen do sum = sum + i end
        local ok, e = coroutine.resume(co)
        local bad, why = coroutine.resume(coroutine.create(function() error('x', 0) end))
        local function tell(...)
          local t = {}
          for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end
          return table.concat(t, ' | ')
        end
        return tell(x, before, y, z, coroutine.status(co), sum, ok, e, bad, why,
          coroutine.isyieldable(), select(2, coroutine.running()))
          .. '; ' .. tell(pcall(coroutine.wrap(function() error('in it') end)))
          .. '; ' .. tell(pcall(function() return coroutine.wrap(function()
            return pcall(function() return coroutine.yield(1) end) end)() end))
        """)
        == [
          .string(
            """
            3 | suspended | 20 | de | dead | 6 | false | cannot resume dead coroutine | false | x \
            | false | true; false | test:22: in it; true | 1
            """)
        ])
    #expect(
      message("table.sort({1, 2}, function() coroutine.yield() end)")
        == "attempt to yield from outside a coroutine")
    #expect(
      message(
        "coroutine.wrap(function() table.sort({1, 2}, function() coroutine.yield() end) end)()"
      ).hasSuffix("attempt to yield across a C-call boundary"))
  }

  @Test(arguments: [
    "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
    "local n = 0 local function a() for i = 1, 100 do coroutine.wrap(function() for i = 1, 100 do n = n + 1 end end)() end end while true do coroutine.wrap(a)() end",
    "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "coroutine.wrap(function() pcall(function() while true do end end) end)() while true do end",
    "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
    "setmetatable({}, {__lt = function() while true do end end}) local t = {} for i = 1, 9 do t[i] = setmetatable({}, {__lt = function() while true do end end}) end table.sort(t)",
    "tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "for k in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end",
    "while true do load('return 1')() end", "while true do load(('x = 1 '):rep(5000)) end",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "pcall(coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) error('x') end)) while true do end",
  ])
  func aKillCannotBeSwallowed(source: String) {
    #expect(throws: LuaFailure.self) { try run(source) }
    do throws(LuaFailure) { _ = try run(source) } catch {
      #expect(error.code == .killed(.instructions), "\(error.message)")
    }
  }

  @Test func nestedCoroutinesEnd() {
    _ = message("local function f() return coroutine.wrap(f)() end f()")
    _ = message(
      """
      local prev
      for i = 1, 60000 do
        local p = prev
        prev = coroutine.create(function()
          local c <close> = setmetatable({}, {__close = function() if p then coroutine.resume(p) end end})
          coroutine.yield()
        end)
        coroutine.resume(prev)
      end
      coroutine.resume(prev)
      """)
    #expect(message("return 1") == "ok integer(1)")
  }
}
