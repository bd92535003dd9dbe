import CartEngine
import CartTesting
import LuaKit
import Testing

@testable import CartScripting

/// Tables that the API answers name a key that they do not have.
struct RecordTests {
  private func message(_ source: String) throws -> String {
    let harness = try ScriptHarness()
    _ = try harness.run(
      "cart('8f3a0001'):note('hello') "
        + "blacklist.add{email = '*@spam.example', reason = 'x'}")
    return harness.message(source)
  }

  @Test(arguments: [
    ("ops{}[1].actr", "operation.actr: no such field; did you mean 'actor'?"),
    ("cart('8f3a0001'):history()[1].typ", "event.typ: no such field; did you mean 'type'?"),
    ("carts{}:by('country')[1].cnt", "group.cnt: no such field"),
    ("cart('8f3a0001').notes[1].txt", "cart.notes[1].txt: no such field; did you mean 'text'?"),
    ("blacklist.list()[1].reson", "entry.reson: no such field; did you mean 'reason'?"),
    (
      "blacklist.check{email = 'a@spam.example'}.autor",
      "entry.autor: no such field; did you mean 'author'?"
    ),
    ("plan(function() end).evnts", "outcome.evnts: no such field; did you mean 'events'?"),
    (
      "plan(function() cart('8f3a0001'):hold() end).changes[1].vers",
      "effect.vers: no such field"
    ),
    ("reports.run('funnel').colums", "result.colums: no such field; did you mean 'columns'?"),
    (
      "reports.run('funnel').columns[1].nam",
      "column.nam: no such field; did you mean 'name'?"
    ),
    ("date(now(), '*t').yer", "calendar.yer: no such field; did you mean 'year'?"),
    ("cart('8f3a0001'):diff(0)[1].befor", "change.befor: no such field; did you mean 'before'?"),
  ])
  func aKeyThatIsNotThereIsNamed(source: String, expected: String) throws {
    #expect(try message(source).hasSuffix(expected), "\(source)")
  }

  /// A key that may be missing is nil, and what a function gave is the script's own.
  @Test(arguments: [
    ("blacklist.list()[1].expires", "nil"), ("blacklist.list()[1].ip", "nil"),
    ("(function() local o = ops{}[1] o.mine = 5 return o.mine end)()", "5"),
    (
      "(function() local t = ops{} table.sort(t, function(a, b) return a.op < b.op end) "
        + "return t[1].op end)()", "1"
    ),
    ("ops{}[1][1]", "nil"), ("ops{}[99]", "nil"),
    ("(function() local n = 0 for k, v in pairs(ops{}[1]) do n = n + 1 end return n end)()", "8"),
    ("(function() for i, v in ipairs(ops{}[1]) do return v end return 'none' end)()", "none"),
    ("getmetatable(ops{}[1])", "false"), ("rawget(ops{}[1], 'actr')", "nil"),
    ("type(ops{}[1])", "table"),
  ])
  func aRecordIsATable(source: String, expected: String) throws {
    let harness = try ScriptHarness()
    _ = try harness.run(
      "blacklist.add{email = '*@spam.example', reason = 'x'}")
    #expect(try harness.run(source) == expected, "\(source)")
  }

  /// What is declared of a record is what is answered.
  @Test(arguments: [
    ("operation", "ops{}[1]"), ("event", "cart('8f3a0001'):history()[1]"),
    ("group", "carts{}:by('country')[1]"), ("remark", "cart('8f3a0001').notes[1]"),
    ("outcome", "plan(function() end)"), ("result", "reports.run('funnel')"),
    ("column", "reports.run('funnel').columns[1]"), ("calendar", "date(now(), '*t')"),
    ("entry", "blacklist.list()[1]"),
    ("effect", "plan(function() cart('8f3a0001'):hold() end).changes[1]"),
    ("change", "cart('8f3a0001'):diff(0)[1]"),
  ])
  func theDeclarationIsWhatIsAnswered(name: String, source: String) throws {
    let harness = try ScriptHarness()
    _ = try harness.run(
      "cart('8f3a0001'):note('hello') "
        + "blacklist.add{email = '*@spam.example', reason = 'x'}")
    let keys = try harness.run(
      "(function() local t = {} for k in pairs(\(source)) do t[#t + 1] = k end table.sort(t) "
        + "return table.concat(t, ' ') end)()"
    ).split(separator: " ").map(String.init)
    let record = try #require(ScriptRecord.named(name))
    let names = record.fields.map(\.name)
    #expect(keys.allSatisfy(names.contains), "\(keys)")
    for field in record.fields where !field.type.hasSuffix("?") {
      #expect(keys.contains(field.name), "\(name).\(field.name)")
    }
  }

  /// The check of a script's text knows the same fields.
  @Test(arguments: [
    (
      "for _, o in ipairs(ops{}) do print(o.actr) end",
      "operation.actr: no such field; did you mean 'actor'?"
    ),
    ("print(cart('8f3a0001'):history()[1].typ)", "event.typ: no such field; did you mean 'type'?"),
    (
      "local e = blacklist.list()[1] print(e.expirs)",
      "entry.expirs: no such field; did you mean 'expires'?"
    ),
    (
      "report 'r' { run = function(q) return { columns = {}, rows = {}, n = q.snce } end }",
      "q.snce: no such field; did you mean 'since'?"
    ),
    ("print(order('1').lines[1].skuu)", "order_line.skuu: no such field; did you mean 'sku'?"),
  ])
  func theCheckKnowsThem(source: String, expected: String) throws {
    #expect(
      try ScriptLint.check(source, name: "@s.lua").filter(\.isError).map(\.message) == [expected])
  }
}
