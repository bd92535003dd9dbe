import CTesting
import LuaKit
import Testing

/// Lua as its makers ship it.
final class StockLua {
  private let lua: OpaquePointer

  init() throws { lua = try #require(ct_lua_open()) }
  deinit { ct_lua_close(lua) }

  /// The chunk's first result, or its error.
  func run(_ source: String, _ argument: Int) -> [UInt8] {
    var length = 0
    guard let bytes = ct_lua_run(lua, source, Int64(argument), &length) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: length))
  }
}

struct PatternTests {
  /// Makes patterns and texts, applies a function of the string library to each, and tells what came
  /// of it. The same in every Lua; the argument is the seed.
  static let generator = #"""
    local state = ... * 2654435761 + 12345
    local function random(n)
      state = (state * 6364136223846793005 + 1442695040888963407)
      return (state >> 33) % n + 1
    end
    local function pick(list) return list[random(#list)] end
    local letters = {'a', 'b', 'c', 'A', '0', '7', ' ', '_', '.', '-', '(', ')', '[', ']', '%', '\0',
      'é', '\255', '\n', 'x', 'ab', 'aab', 'aaaa', '(a)', '((b))'}
    local singles = {'a', 'b', 'c', '.', '%a', '%A', '%d', '%D', '%s', '%S', '%w', '%W', '%p', '%P',
      '%l', '%u', '%c', '%x', '%X', '%g', '%z', '%.', '%%', '%-', '[abc]', '[^abc]', '[a-c]', '[^%s]',
      '[%a_]', '[]a]', '[^]]', '[a-]', '[%]a]', '[-a]', '[a-%z]', '[\0-\31]', '\0', '\255', '[0-9a]',
      '[%d-z]', '[a%-z]', '[^', '[', '[]', '[a', '[%', '%'}
    local items = {'(', ')', '()', '%b()', '%bab', '%baa', '%b', '%ba', '%f[%a]', '%f[^%w]', '%f[a]',
      '%f', '%fa', '%f[', '%1', '%2', '%0', '%9', '$', '^', '$a'}
    local suffixes = {'', '', '', '', '*', '+', '-', '?'}
    local function subject()
      local t = {}
      for i = 1, random(12) - 1 do t[i] = pick(letters) end
      return table.concat(t)
    end
    local function pattern()
      local t = {}
      if random(6) == 1 then t[1] = '^' end
      local open = 0
      for i = 1, random(6) do
        if random(4) == 1 then
          t[#t + 1] = pick(items)
        else
          local n = random(8)
          if n == 1 then t[#t + 1] = '(' open = open + 1 end
          t[#t + 1] = pick(singles) .. pick(suffixes)
          if n > 5 and open > 0 then t[#t + 1] = ')' open = open - 1 end
        end
      end
      if random(8) > 1 then t[#t + 1] = (')'):rep(open) end
      if random(6) == 1 then t[#t + 1] = '$' end
      return table.concat(t)
    end
    local replacements = {'', 'x', '<%0>', '%1', '%2%1', '%%', '%', '%x', '%9', 'a%', 7, 1.5,
      {a = 'A', b = 1, c = false, ab = {}, [''] = '!'}, function(...) return select('#', ...) > 1 end,
      function(a, b) return b or a end, function() end, function() return {} end,
      function(a) return type(a) == 'number' and a * 2 or nil end}
    local function show(ok, ...)
      local t = {ok and 'ok' or 'no'}
      for i = 1, select('#', ...) do
        local v = select(i, ...)
        t[#t + 1] = type(v) == 'string' and ('%q'):format(v) or tostring(v)
      end
      return table.concat(t, ' ')
    end
    local function all(s, p, init)
      local t = {}
      for a, b, c in string.gmatch(s, p, init) do
        t[#t + 1] = tostring(a) .. '|' .. tostring(b) .. '|' .. tostring(c)
        if #t > 50 then break end
      end
      return table.concat(t, ';')
    end
    local out = {}
    for i = 1, 500 do
      local s, p = subject(), pattern()
      local n, init = random(5), random(3) == 1 and random(30) - 15 or nil
      local result
      if n == 1 then result = show(pcall(string.find, s, p, init, random(5) == 1))
      elseif n == 2 then result = show(pcall(string.match, s, p, init))
      elseif n == 3 then result = show(pcall(all, s, p, init)):gsub('^no ".-:%d+: ', 'no ')
      else
        result = show(pcall(string.gsub, s, p, pick(replacements), random(3) == 1 and random(4) or nil))
      end
      out[i] = ('%d %q %q %s: %s'):format(n, s, p, init, result)
    end
    return table.concat(out, '\n')
    """#

  @Test func theMatcherAgreesWithLuasOwn() throws {
    let stock = try StockLua()
    let capacity = LuaVM.Capacity(memory: 64 << 20, block: 8 << 20, source: 1 << 20)
    let vm = try LuaVM(capacity, seed: 1) { _, _ in throw LuaRaise("none") }
    let environment = try vm.environment(sealed: false)
    let chunk = try vm.compile(Self.generator, name: "=test", environment)
    var cases = 0
    for seed in 0..<420 {
      vm.arm(.init())
      let result = try vm.call(chunk, [.integer(Int64(seed))])
      let ours: [UInt8] =
        switch result.first {
        case .string(let text)?: Array(text.utf8)
        case .bytes(let bytes)?: bytes
        default: []
        }
      let theirs = stock.run(Self.generator, seed)
      cases += 500
      guard ours != theirs else { continue }
      let lines = zip(ours.split(separator: 10), theirs.split(separator: 10))
      let (one, other) = lines.first { $0 != $1 } ?? ([], [])
      Issue.record(
        "ours \(String(decoding: one, as: UTF8.self))\nLua's \(String(decoding: other, as: UTF8.self))"
      )
      if seed > 5 { break }
    }
    #expect(cases >= 200_000)
  }

  @Test(arguments: [
    "string.find(('a'):rep(3000), ('.-'):rep(8) .. 'b')", "('a'):rep(300000):gsub('.-b', '')",
    "('a'):rep(300000):find('.-b')", "('x'):rep(100000):match('(.*)(.*)(.*)(.*)y')",
    "for _ in ('a'):rep(100000):gmatch('.-.-b') do end", "('('):rep(200000):find('%b()x')",
    "('a'):rep(50000):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
    "string.gsub(('a '):rep(90000), '%f[%w]%w-%f[%W].-b', '')",
  ])
  func aPatternThatBacktracksForEverIsCutOff(source: String) throws {
    let vm = try LuaVM(.rule, seed: 1) { _, _ in }
    let environment = try vm.environment(sealed: true)
    for prefix in ["", "return pcall(function() "] {
      let chunk = try vm.compile(
        prefix.isEmpty
          ? source.hasPrefix("for") ? source : "local _ = " + source
          : prefix + (source.hasPrefix("for") ? "" : "local _ = ") + source + " end)",
        name: "=test", environment)
      vm.arm(.counted)
      var code: LuaFailure.Code?
      do throws(LuaFailure) { _ = try vm.call(chunk) } catch { code = error.code }
      #expect(code == .killed(.instructions), "\(prefix)\(source)")
    }
  }
}
