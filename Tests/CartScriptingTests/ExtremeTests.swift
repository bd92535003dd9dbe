import CartModel
import LuaKit
import Testing

@testable import CartScripting

/// Whatever number, time or text a script gives a function, it gets a value or an error.
struct ExtremeTests {
  /// Lua for each.
  static let values = [
    "0", "-0.0", "1", "-1", "2", "0.5", "math.maxinteger", "math.mininteger", "1 << 53", "2.0^63",
    "-2.0^63", "1e300", "-1e300", "5e-324", "0/0", "1/0", "-1/0", "253402300799", "253402300800",
    "-62167219200", "-62167219201", "'0000-01-01'", "'9999-12-31 23:59:59'", "'10000-01-01'",
    "'-1'", "'1e400'", "'9223372036854775808'", "''", "('9'):rep(400)", "('9'):rep(400) .. 'd'",
  ]

  /// Calls a function with each value, and with each two.
  static let driver = """
    local values = { \(values.joined(separator: ", ")) }
    local count = 0
    local function try(f, ...)
      count = count + 1
      local ok, message = pcall(f, ...)
      assert(ok or type(message) == 'string', message)
    end
    local function all(f, ...)
      for _, v in ipairs(values) do
        try(f, v)
        for _, given in ipairs { ... } do try(f, given, v) end
        for _, w in ipairs(values) do
          try(f, v, w)
          for _, given in ipairs { ... } do try(f, given, v, w) end
        end
      end
    end

    """

  @Test func aFunctionOfOursTakesAnyValue() throws {
    let harness = try ScriptHarness(.console, mode: .sandbox)
    // A plan or a test runs what it is given; a report may take a while; the others write much.
    let others: Set = ["print", "help", "test", "judge", "expect", "fixture", "require"]
    for function in ScriptAPI.functions where !others.contains(function.name) {
      #expect(
        try harness.run(Self.driver + "all(\(function.name)) return count") == "930",
        "\(function.name)")
    }
    #expect(try harness.run("return cart('8f3a').lines[1].sku") == "MUG-01")
  }

  @Test func aMethodOfOursTakesAnyValue() throws {
    let harness = try ScriptHarness(.console, mode: .sandbox)
    for (object, kind) in [
      ("money('12.99')", ScriptClassID.money), ("cart('9b2c')", .cart),
      ("cart('9b2c').lines[1]", .line), ("carts{}", .query), ("product('MUG-01')", .product),
    ] {
      let declared = try #require(ScriptAPI.classes.first { $0.kind == kind })
      for method in declared.methods {
        _ = try harness.run(
          Self.driver + """
            local object = \(object)
            for _, v in ipairs(values) do
              try(object.\(method.name), object, v)
              for _, w in ipairs(values) do try(object.\(method.name), object, v, w) end
              try(function() return object * v, v * object end)
              try(function() return object + v, object - v, object / v, object < v, object <= v end)
              try(function() return object[v] end)
            end
            """)
      }
    }
    #expect(try harness.run("return cart('8f3a').lines[1].sku") == "MUG-01")
  }

  @Test(arguments: [ScriptSession.Profile.rule, .console])
  func aFunctionOfTheLibrariesTakesAnyValue(profile: ScriptSession.Profile) throws {
    let harness = try ScriptHarness(profile, mode: .sandbox, capacity: .rule)
    let result = try harness.run(
      Self.driver + """
        for _, library in ipairs { string, table, math, utf8 } do
          for _, f in pairs(library) do
            if type(f) == 'function' then all(f, 'a\u{e9}%d', { 1, 2, 3 }) end
          end
        end
        for _, f in ipairs { select, tonumber, tostring, type, ipairs, pairs } do all(f, 'a', {}) end
        return count
        """)
    #expect((Int(result) ?? 0) > 100_000)
  }

  @Test func optionsTakeAnyValue() throws {
    let harness = try ScriptHarness(.console, mode: .sandbox)
    for call in [
      "carts{limit = v}:count()", "carts{page = v}:count()", "carts{min_total = v}:count()",
      "carts{max_idle = v}:count()", "carts{since = v, until_ = v}", "carts{since = v}:count()",
      "carts{['until'] = v}:count()", "carts{total = v}:count()", "ops{limit = v}",
      "ops{since = v}",
      "reports.run('overview', {since = v, ['until'] = v})", "reports.run('funnel', {period = v})",
      "blacklist.add{ip = '203.0.113.9', ttl = v}", "cart('8f3a'):at(v)", "cart('8f3a'):diff(v, v)",
      "cart('8f3a'):set('MUG-01', v)", "cart('8f3a'):add('MUG-01', v)", "date(v, '%Y-%m-%d')",
      "date(v, '*t').year", "money(tostring(v))", "money('1') * v", "duration(v .. 's')",
      "progress(v, v)", "products{price = v}", "orders{total = v}",
    ] {
      _ = try harness.run(Self.driver + "all(function(v) return \(call) end)")
    }
    #expect(try harness.run("return cart('8f3a').lines[1].sku") == "MUG-01")
  }

  @Test func aYearHasFourDigits() throws {
    let harness = try ScriptHarness()
    for (time, text) in [
      ("-62167219200", "0000-01-01 00:00:00"), ("-62135596800", "0001-01-01 00:00:00"),
      ("0", "1970-01-01 00:00:00"), ("253402300799", "9999-12-31 23:59:59"),
    ] {
      #expect(try harness.run("date(\(time))") == text)
      #expect(try harness.run("date(\(time), '%F %T')") == text)
    }
    #expect(
      harness.message("date(253402300800)").contains("expected a time in seconds since 1970"))
    #expect(
      harness.message("date(0, ('x'):rep(4097))")
        == "prompt:1: bad argument #2 'format' to 'date': expected at most 4096 bytes, got 4097")
  }
}
