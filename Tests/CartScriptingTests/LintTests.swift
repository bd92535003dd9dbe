import CartTesting
import LuaKit
import Testing

@testable import CartScripting

struct LintTests {
  /// Within a function that has the names that are used.
  private func lines(_ source: String) throws -> [Int] {
    let wrapped = "return (function(c, d, x, f, s, v, a, t, total) \(source)\nend)()"
    return try ScriptLint.check(wrapped, name: "@r.lua").map(\.line)
  }

  @Test func whatNobodyReads() throws {
    #expect(try lines("local one = 1\nlocal two = 2\nreturn two") == [1])
    #expect(try lines("local function g() end") == [1])
    #expect(try lines("local _ = 1 local function f() return f() end") == [])
    let rule = "rule \"x\" {\n params = { a = 1,\n b = 2, c = { 3 } },\n when = function(c, p) "
    #expect(try lines(rule + "return p.a end }") == [3, 3])
    #expect(try lines(rule + "return p.a + p.b + p[\"c\"] end }") == [])
  }

  @Test func moneyAndNumbers() throws {
    for source in [
      "return c.total == 100", "return 100 == c.total", "return c.lines[1].total ~= '5'",
      "return money('1') == 1", "return 1 == money('1')", "return -1 ~= c:x().tax",
      "return c.subtotal == -5",
    ] {
      #expect(try lines(source) == [1], "\(source)")
    }
    for source in [
      "return c.quantity == 100", "return c.total == d.total", "return c.total > 100",
      "return c.total:eq(100)", "return c.total.minor == 100", "return total == 100",
      "-- c.total == 100", "return 'c.total == 100'", "return [==[ c.total == 1 ]==]",
      "return x.money(1) == 1", "return money('1').minor == 1",
    ] {
      #expect(try lines(source) == [], "\(source)")
    }
    #expect(
      try ScriptLint.check("local c = ...\n\nreturn c.total == 5", name: "@r.lua") == [
        ScriptFinding(
          line: 3, isError: true,
          message:
            "money == a number or text is always false; write x:eq(12.5), or compare with money(\"…\")"
        )
      ])
  }

  @Test func whatTheCompilerGetsWrong() throws {
    #expect(try lines("local t = {} return function(a, b) return t[a < b] end") == [1])
    #expect(try lines("local t = {} return function(a, b) return t[(a < b)] end") == [])
    #expect(try lines("local t = {} return t[f(1 < 2)], {[1 < 2] = 3}") == [])
    let many = (1...250).map { "x = \($0).5" }.joined(separator: "\n")
    #expect(try lines("do \(many) end return 1 ~ (2 or 3)").last == 250)
    #expect(try lines("return 1 ~ (2 or 3)") == [])
    #expect(try lines("for a in f, s, v, c do if a then break end end") == [1])
    #expect(try lines("for a in f, s, v do if a then break end end") == [])
    #expect(try lines("for a in f, s, v, c do print(a) end while true do break end") == [])
    #expect(try lines("for p in utf8.codes(x) do end") == [1])
  }

  @Test func whatDoesNotCompile() throws {
    #expect(
      try ScriptLint.check("#!/usr/bin/cartio\nx = = 1", name: "@r.lua")
        == [ScriptFinding(line: 2, isError: true, message: "unexpected symbol near '='")])
    #expect(
      try ScriptLint.check("\u{1b}Lua", name: "@r.lua").map(\.message)
        == ["attempt to load a binary chunk (mode is 't')"])
    let long = String(repeating: "x = 1 ", count: 100_000)
    #expect(try ScriptLint.check(long, name: "@r.lua").first?.isError == true)
  }

  @Test(arguments: [
    "", "'", "[[", "--[==[", "0x", "1e+", "\\", "\"\\", "]]", "~", "...", "é", "\0", "for", "a[",
    "))", "money(", "== 1", "c.total ==",
  ])
  func nonsenseIsNoTrap(source: String) throws {
    _ = LuaTokens.split(source)
    _ = ScriptLint.moneyComparisons(source + " == 1")
    _ = try ScriptLint.check(source, name: "@r.lua")
  }

  /// lua-language-server cannot be had here: the file must be Lua, and each line of annotation must
  /// have a form of LuaCATS.
  @Test func definitionsHaveTheirForm() throws {
    let text = ScriptDefinitions.text
    let vm = try LuaVM(.report, seed: 1) { _, _ in }
    _ = try vm.compile(template: text, name: "@cartio.lua")
    let type = #"(cartio\.)?[a-z_]+(\[\]|\?)?(\|(cartio\.)?[a-z_]+(\[\]|\?)?)*"#
    let forms = try [
      "---@meta cartio", #"---@class cartio\.[a-z_]+"#, "---@field [a-z_0-9]+\\?? \(type) # .+",
      #"---@field \[integer\] cartio\.line"#, #"---@operator [a-z]+(\(\#(type)\))?: \#(type)"#,
      #"---@overload fun\([a-z?: ]*\): \#(type)"#,
      #"---@param ([a-z_]+\??|\.\.\.) \#(type)( [^@]+)?"#,
      "---@return \(type)", "---[^@].*", #"(local )?[a-z_]+ = \{\}"#,
      #"function [a-z_]+([.:][a-z_]+)*\(([a-z_]+(, )?|\.\.\.)*\) end"#, "",
    ].map { try Regex("^\($0)$") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(forms.contains { line.wholeMatch(of: $0) != nil }, "\(line)")
    }
    for name in ["function cart(id) end", "function __cart:add(sku, quantity) end", "carts = {}"] {
      #expect(text.contains(name))
    }
  }
}
