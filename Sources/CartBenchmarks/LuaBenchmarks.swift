import CartEngine
import CartSupport
import LuaKit

/// The border between Lua and the host, and the matcher, beside stock Lua with the same chunks.
enum LuaBenchmarks {
  private static let rounds = 1_000_000

  /// Each chunk's loop without what is measured comes off.
  private static let empty = "local t = thing() for i = 1, \(rounds) do local x = i end"

  private static let border: [(name: String, chunk: String, goal: Double)] = [
    (
      "a field read from C", "local t = thing() for i = 1, \(rounds) do local x = t.size end", 1.5
    ),
    (
      "a call into Swift", "local t = thing() for i = 1, \(rounds) do local x = t:grow(i) end", 2.0
    ),
  ]

  private static let texts = """
    local mails = {'anna.smith@example.com', 'bob+tag@shop.example.org', 'no mail at all', 'x@y'}
    local row = 'MUG-01,Mug with a cat,12.99,blue;large,https://example.com/images/mug.jpg'
    local words = ('the quick brown fox jumps over the lazy dog '):rep(5)
    """

  private static let patterns: [(name: String, loop: String)] = [
    ("find with captures", "for _, m in ipairs(mails) do m:find('^([%w.+-]+)@([%w.-]+)$') end"),
    ("find, a plain text", "words:find('lazy dog', 1, true)"),
    ("match with sets", "row:match('^(%u+%-%d+),([^,]*),(%d+%.%d%d)')"),
    ("trim", "(' ' .. row .. '  '):match('^%s*(.-)%s*$')"),
    ("gmatch of fields", "for f in row:gmatch('[^,]+') do local x = f end"),
    ("gsub of blanks", "words:gsub('%s+', ' ')"),
    ("gsub with a function", "words:gsub('%w+', function(w) return w end)"),
    ("a frontier", "words:find('%f[%w]dog%f[%W]')"),
    ("a text that is not there", "words:find('cat')"),
  ]

  static func run(_ anchor: String, _ folder: String) throws {
    let chunks =
      [empty] + border.map(\.chunk)
      + patterns.map {
        "\(texts)\nfor i = 1, 20000 do \($0.loop.hasPrefix("for") ? "" : "local _ = ")\($0.loop) end"
      }
    let file = try OutputFile(folder + "/bench.lua")
    for chunk in chunks { try file.write(chunk + "\n----\n") }
    try file.commit()
    guard Benchmarks.run([anchor, "lua", folder + "/bench.lua"], output: folder + "/bench.out")
    else {
      print("Lua: the anchor failed")
      return
    }
    let stock = try Files.text(folder + "/bench.out").split(separator: "\n").compactMap {
      Double($0)
    }
    let ours = try chunks.map(time)
    for (index, measure) in border.enumerated() {
      let own = (ours[index + 1] - ours[0]) / Double(rounds)
      let other = (stock[index + 1] - stock[0]) / Double(rounds)
      show(measure.name, own, other, "stock C closure", goal: measure.goal, unit: "ns")
    }
    var sums = (0.0, 0.0)
    for (index, pattern) in patterns.enumerated() {
      let (own, other) = (ours[index + 1 + border.count], stock[index + 1 + border.count])
      sums = (sums.0 + own, sums.1 + other)
      show("pattern: " + pattern.name, own / 20000, other / 20000, "stock", goal: nil, unit: "ns")
    }
    show("patterns, all", sums.0 / 1e6, sums.1 / 1e6, "stock", goal: 1.5, unit: "ms")
    let instance = try instantiate()
    print("instantiating a rule file: \(rounded(instance)) µs (at most 30 wanted)")
  }

  private static func vm() throws -> (LuaVM, LuaEnvironment) {
    let vm = try LuaVM(.console, seed: 1) { operation, call in
      switch operation {
      case 0: call.answer(.object(LuaObject(classID: 1, word: 42)))
      case 1: call.answer(.integer(call.object(0)?.word ?? 0))
      case 2:
        guard let object = call.object(0), let step = call.integer(1) else {
          throw LuaRaise("expected a thing and a whole number")
        }
        call.answer(.integer(object.word &+ step))
      default: throw LuaRaise("no such thing")
      }
    }
    try vm.define(function: "thing", 0)
    try vm.define(classID: 1, name: "thing", missing: 3, remembers: true)
    try vm.define(field: "size", of: 1, 1)
    try vm.define(method: "grow", of: 1, 2)
    vm.define(missingGlobal: 3, print: 3)
    return (vm, try vm.environment(sealed: false))
  }

  /// The best of five runs in nanoseconds.
  private static func time(_ chunk: String) throws -> Double {
    let (vm, environment) = try vm()
    let function = try vm.compile(chunk, name: "=bench", environment)
    var best = Double.infinity
    for _ in 0..<5 {
      vm.arm(.console)
      let start = Benchmarks.seconds()
      _ = try vm.call(function)
      best = min(best, (Benchmarks.seconds() - start) * 1e9)
    }
    return best
  }

  /// Microseconds for a fresh set of globals and a run of a compiled file over them.
  private static func instantiate() throws -> Double {
    let vm = try vm().0
    let source = """
      local limits = {total = 100, lines = 20}
      local function many(c) return c.size > limits.lines end
      return {when = function(c) return many(c) and 'too many' end, params = {max = 8}}
      """
    let template = try vm.compile(template: source, name: "@rule.lua")
    var best = Double.infinity
    for _ in 0..<20 {
      vm.arm(.console)
      let start = Benchmarks.seconds()
      for _ in 0..<100 {
        let fresh = try vm.environment(sealed: true)
        let instance = try vm.instantiate(template, over: fresh)
        vm.release(instance)
        vm.release(fresh)
      }
      best = min(best, (Benchmarks.seconds() - start) * 1e6 / 100)
    }
    return best
  }

  static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }

  private static func show(
    _ name: String, _ own: Double, _ other: Double, _ what: String, goal: Double?, unit: String
  ) {
    print(
      "\(name): \(rounded(own)) \(unit); \(what): \(rounded(other)) \(unit); ratio "
        + "\(rounded(own / other))" + (goal.map { " (at most \($0) wanted)" } ?? ""))
  }
}
