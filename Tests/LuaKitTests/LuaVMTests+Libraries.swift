import LuaKit
import Testing

/// The libraries that scripts have, and allocation failures.
extension LuaVMTests {
  @Test func theEnvironmentIsExactlyThis() throws {
    let harness = try Harness()
    let walk = """
      local names = {}
      for _, space in ipairs{'string', 'table', 'math', 'utf8'} do
        for k in pairs(_G[space]) do names[#names + 1] = space .. '.' .. k end
      end
      return table.concat(names, ' ')
      """
    #expect(
      try harness.run(walk) == [
        .string(
          """
          string.byte string.char string.find string.format string.gmatch string.gsub string.len \
          string.lower string.match string.rep string.reverse string.sub string.upper \
          table.concat table.insert table.move table.pack table.remove table.sort table.unpack \
          math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor \
          math.fmod math.huge math.log math.max math.maxinteger math.min math.mininteger math.modf \
          math.pi math.rad math.random math.sin math.sqrt math.tan math.tointeger math.type \
          math.ult utf8.char utf8.charpattern utf8.codepoint utf8.codes utf8.len utf8.offset
          """)
      ])
    for name in [
      "io", "os", "package", "debug", "dofile", "loadfile", "load", "collectgarbage", "rawset",
      "rawget", "setmetatable", "getmetatable", "coroutine", "warn", "next",
    ] {
      #expect(harness.failure("return \(name)")?.message == "test:1: unknown name", "\(name)")
    }
    #expect(try harness.run("return ('').dump == nil and ('x'):rep(3)") == [.string("xxx")])
    #expect(harness.failure("\u{1b}Lua")?.message.contains("binary") == true)
  }

  @Test func librariesAreSafe() throws {
    let harness = try Harness()
    #expect(
      harness.failure("return ('x'):rep(1 << 40)")?.message == "test:1: resulting string too large")
    #expect(try harness.run("return (''):rep(math.maxinteger)") == [.string("")])
    #expect(
      harness.failure("table.move({}, 1, math.maxinteger - 1, 2)")?.message
        == "test:1: too many elements: expected at most 1000000")
    #expect(harness.failure("return string.format('%p', {})")?.message.contains("'%p'") == true)
    #expect(
      try harness.run("return tostring({}), tostring(print), string.format('%s', {})")
        == [.string("table"), .string("function"), .string("table")])
    #expect(
      try harness.run(
        "local t = {} for k in pairs{b=1, a=2, [2]=3, [1]=4, [true]=5, [0.5]=6} do t[#t+1] = tostring(k) end return table.concat(t, ' ')"
      )
        == [.string("1 2 0.5 a b true")])
    #expect(
      harness.failure("for k in pairs{[{}] = 1} do end")?.message
        == "test:1: pairs: a key of type table has no fixed order")
    #expect(
      try harness.run("local t = {} for k, v in pairs{a=1,b=2} do t[#t+1] = k end return #t")
        == [.integer(2)])
    let stable = """
      local t = {} for i = 1, 500 do t[i] = {k = i % 7, n = i} end
      table.sort(t, function(a, b) return a.k < b.k end)
      for i = 2, 500 do assert(t[i-1].k < t[i].k or t[i-1].k == t[i].k and t[i-1].n < t[i].n) end
      table.sort(t, function() return true end)
      local s = {5, 3, 9, 1} table.sort(s) return table.concat(s, ',')
      """
    #expect(try harness.run(stable) == [.string("1,3,5,9")])
    #expect(
      try harness.run(
        "local t = {1,2,3} table.insert(t, 2, 9) local r = table.remove(t, 1) return r, table.concat(t, ','), select('#', table.unpack(t))"
      )
        == [.integer(1), .string("9,2,3"), .integer(3)])
    #expect(harness.failure("table.insert({}, 5, 1)")?.message.contains("out of bounds") == true)
    let random = try harness.run("return math.random(1, 1000), math.random(6), math.random()")
    let again = try Harness().run("return math.random(1, 1000), math.random(6), math.random()")
    #expect(random == again)
  }

  @Test func objectsAreReadOnlyAndTheirWordsAreChecked() throws {
    let harness = try Harness { arguments in
      arguments.isEmpty ? [.object(LuaObject(classID: 1, word: 3))] : [.integer(42)]
    }
    #expect(
      try harness.run("local t = host() return t.size, t:grow(1)") == [.integer(42), .integer(42)])
    #expect(harness.failure("host().size = 1")?.message == "test:1: thing.size is read-only")
    #expect(harness.failure("return host().bogus")?.message == "test:1: no such field")
    #expect(harness.failure("return host() < 1")?.message.contains("attempt to compare") == true)
    #expect(try harness.run("return host() == 0") == [.boolean(false)])
  }

  @Test func tablesWithinThemselvesAreRefused() throws {
    let harness = try Harness()
    #expect(
      harness.failure("local t = {} t[1] = t host(t)")?.message
        == "test:1: table: nested too deeply, or within itself")
    let shown = try harness.vm.call(
      try harness.vm.compile(
        "local t = {} for i = 1, 1000 do t[i] = t end return t", name: "=t", harness.environment),
      display: true)
    #expect(shown.count == 1)
  }

  // MARK: Allocation failures

  @Test(arguments: [
    "return 1", "local t = {} for i = 1, 50 do t[i] = host(i, {a = 'b'}) end return t",
    "return pcall(error, 'x')", "local s = '' for i = 1, 40 do s = s .. i end return s",
    "return select(2, pcall(host, {1, 2, {3}}))", "error('failed ' .. tostring({}))",
    "for k in pairs{a = 1, b = 2} do print(k) end", "x = string.format('%s %d', 'a', 1)",
  ])
  func everyFailedAllocationIsAnError(source: String) throws {
    var reached = false
    for countdown in 0..<2000 {
      let harness = try Harness { arguments in [.string("answer \(arguments.count)")] }
      harness.vm.failAllocation(after: countdown)
      do {
        _ = try harness.run(source)
        reached = true
      } catch let failure as LuaFailure {
        if failure.code == .error, source.hasPrefix("error(") { reached = true }
        #expect(failure.code == .killed(.memory) || failure.code == .error, "\(failure)")
      }
      harness.vm.failAllocation(after: nil)
      harness.vm.arm(.counted)
      #expect(try harness.run("return 7") == [.integer(7)])
      if reached { break }
    }
    #expect(reached)
  }

  @Test func openingWithTooLittleMemoryIsAnError() throws {
    for memory in stride(from: 100, to: 40_000, by: 700) {
      do {
        let vm = try LuaVM(.init(memory: memory, block: 0, source: 0), seed: 1) { _, _ in }
        _ = try vm.environment(sealed: true)
      } catch { #expect(error.code == .killed(.memory)) }
    }
  }
}
