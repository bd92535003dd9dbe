import CartEngine
import CartSupport
import CartTesting
import Testing

@testable import CartScripting

/// Examples and modules.
extension RuleCheckTests {
  @Test(arguments: ["rules", "reports", "importers", "scripts"])
  func theExamplesAreClean(folder: String) throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(root)/examples/\(folder)"
    for file in Files.list(path) where file.hasSuffix(".lua") {
      let found = try ScriptLint.check(try Files.text(path + "/" + file), name: "@" + file) {
        try? Files.text(path + "/lists/" + $0)
      }
      #expect(found == [], "\(file): \(found)")
    }
  }

  /// What is never nil is always true.
  @Test(arguments: [
    (
      "if c.email then return true end",
      "cart.email is a text, never nil, so that this test is always true; write c.email ~= \"\""
    ),
    (
      "if not c.email then return true end",
      "cart.email is a text, never nil, so that 'not' of it is never true; write c.email == \"\""
    ),
    (
      "return c.quantity and c.total > 5",
      "cart.quantity is a number, never nil, so that this test is always true; write c.quantity > 0"
    ),
    (
      "local t = c.total if t and c.quantity > 2 then return true end",
      "cart.total is money, never nil, so that this test is always true; write t > 0"
    ),
    (
      "while c.lines do return true end",
      "cart.lines is a list, never nil, so that this test is always true; write #c.lines > 0"
    ),
    (
      "return c.quantity > 2 and c.attr.source and true",
      "c.attr.source is a text, never nil, so that this test is always true; write c.attr.source ~= "
        + "\"\""
    ),
    ("return (c.quantity > 2 and c.company or c.email) == 'x'", ""),
    ("if c.pending then return true end", ""), ("if c.lines[1] then return true end", ""),
    ("local p1 = product('x') if p1 then return p1.price ~= '' end", ""),
    ("local hit for _, l in ipairs(c.lines) do hit = hit or l.sku == 'x' end return hit", ""),
    ("if p.most then return c.quantity > p.most end", ""),
  ]) func aTestThatIsAlwaysTrue(body: String, message: String) throws {
    let found = try ScriptLint.check(
      "rule \"r\" { params = { most = 3 }, when = function(c, p) \(body) end }", name: "@r.lua")
    #expect(found.filter(\.isError) == [])
    #expect(
      found.map(\.message).filter { !$0.hasPrefix("params:") } == (message.isEmpty ? [] : [message])
    )
  }

  /// Functions of a module are looked at as the file calls them, and named with their file.
  @Test func modulesAreLookedAt() throws {
    let modules = [
      "x": """
      local M, y = {}, require "y"
      function M.old(c) return c.totl > 5 end
      M.big = function(c) return c.quantity > lmit end
      function M.unused(c) return c.emial == "" end
      function M.far(c) return y.land(c.country) end
      return M
      """,
      "y": "return { land = function(x) return x == 'UK' end, x = require 'x' }",
    ]
    func found(_ source: String) throws -> [ScriptFinding] {
      try ScriptLint.check(source, name: "@r.lua", module: { modules[$0] })
    }
    let source = """
      local x = require "x"
      rule "a" { when = function(c) return x.old(c) end }
      rule "b" { when = function(c) return x.far(c) end }
      rule "c" { when = function(c) return c.quantity > 5 end }
      """
    let errors = try found(source).filter(\.isError)
    #expect(
      errors.map { "\($0.file):\($0.line): \($0.message)" } == [
        "lib/x.lua:2: cart.totl: no such field; did you mean 'total'?",
        "lib/x.lua:3: unknown name 'lmit'",
        "lib/y.lua:1: cart.country is never 'UK': it is two capital letters of ISO 3166-1; did you mean "
          + "'GB'?",
      ])
    #expect(errors.map { $0.concerns("a") } == [true, true, false])
    #expect(errors.map { $0.concerns("b") } == [false, true, true])
    #expect(errors.map { $0.concerns("c") } == [false, true, false])
    #expect(try found("rule \"a\" { when = function(c) return c.quantity > 5 end }") == [])
    #expect(
      try found("local z = require \"z\" rule \"a\" { when = function(c) return z.f(c) end }") == []
    )
  }
}
