import CartTesting
import LuaKit
import Testing

@testable import CartScripting

/// Each function of the API with each kind of wrong argument, from its declaration.
struct RefusalTests {
  static let wrong = [
    "0/0", "1/0", "-1/0", "2^53", "-1.5", "math.mininteger", "math.maxinteger", "0", "-1", "''",
    "'\\0'", "'a\\0b'", "'\\255'", "('x'):rep(100000)", "{}",
    "(function() local t = {} t[1] = t return t end)()",
    "{[1] = {}, x = print}", "print", "function() error('in it') end", "true", "cart('8f3a')",
    "cart('8f3a').lines", "cart('8f3a').lines[1]", "money('1.00')", "carts{}", "carts", "nil",
  ]

  private static func right(_ type: String) -> String {
    switch type {
    case "string", "line|string": "'MUG-01'"
    case "integer", "number", "number|string": "1"
    case "table": "{}"
    case "function": "function() end"
    default: "1"
    }
  }

  private static func receiver(_ kind: ScriptClassID) -> String {
    switch kind {
    case .cart: "cart('8f3a')"
    case .lines: "cart('8f3a').lines"
    case .line: "cart('8f3a').lines[1]"
    case .money: "money('1.00')"
    case .query: "carts{}"
    case .product: "product('MUG-01')"
    default: "carts"
    }
  }

  /// `path.name(` with the arguments but one in place of which `$` stands.
  static let calls: [(name: String, call: String)] = {
    var calls: [(String, String)] = []
    func add(_ name: String, _ head: String, _ parameters: [ScriptParameter]) {
      for index in parameters.indices {
        let arguments = parameters.indices.map {
          $0 == index ? "$" : right(parameters[$0].type)
        }
        calls.append((name, "\(head)(\(arguments.joined(separator: ", ")))"))
      }
    }
    for function in ScriptAPI.functions where function.name != "require" {
      add(function.name, function.name, function.parameters)
    }
    for declared in ScriptAPI.classes
    where ![.order, .customer, .definition].contains(declared.kind) {
      for method in declared.methods {
        add(method.name, receiver(declared.kind) + ":" + method.name, method.parameters)
      }
      for function in declared.statics {
        add(function.name, "\(declared.kind.name).\(function.name)", function.parameters)
      }
    }
    return calls
  }()

  @Test(arguments: calls.map(\.call))
  func aWrongArgumentIsRefusedInWords(call: String) throws {
    let name = try #require(Self.calls.first { $0.call == call }).name
    let harness = try ScriptHarness(.console)
    for wrong in Self.wrong {
      let source = call.replacing("$", with: wrong)
      let message = harness.message(source)
      if message.hasPrefix("no error: ") { continue }
      // Either the function names itself and what it got, or the error is one that it passed on.
      let last = name.split(separator: ".").last.map(String.init) ?? name
      #expect(
        message.contains(last) || message.hasSuffix("in it") || message.contains("table: nested"),
        "\(source): \(message)")
      #expect(message.utf8.count < 700, "\(source): \(message.utf8.count) bytes")
    }
    #expect(try harness.run("1 + 1") == "2")
    #expect(try harness.test.shop.check().problems == [])
  }

  @Test func aMethodWantsItsReceiver() throws {
    let harness = try ScriptHarness(.console)
    for declared in ScriptAPI.classes where [.cart, .money, .query].contains(declared.kind) {
      for method in declared.methods {
        let path = "\(Self.receiver(declared.kind)).\(method.name)"
        for wrong in ["", "1", "'x'", "{}", "cart('8f3a').lines[1]", "nil"] {
          #expect(
            harness.message("\(path)(\(wrong))").contains(
              "bad argument #1 to '\(method.name)' (\(declared.kind.name) expected, got"),
            "\(path)(\(wrong)): \(harness.message("\(path)(\(wrong))"))")
        }
      }
      for field in declared.fields {
        #expect(
          harness.message("\(Self.receiver(declared.kind)).\(field.name) = 1")
            == "prompt:1: \(declared.kind.name).\(field.name) is read-only"
            + (field.setter.isEmpty ? "" : "; use \(field.setter)"))
      }
    }
  }

  /// Each function of the API, with the n-th allocation failing.
  @Test(arguments: calls.map(\.call))
  func aFailedAllocationIsAnError(call: String) throws {
    let harness = try ScriptHarness(.console)
    let source = call.replacing("$", with: Self.right("string"))
    for countdown in 0..<400 {
      harness.session.failAllocation(after: countdown)
      var failure: ScriptError?
      do { _ = try harness.run(source) } catch { failure = error as? ScriptError }
      harness.session.failAllocation(after: nil)
      #expect(try harness.run("1 + 1") == "2")
      if failure?.code != .memory { return }
    }
    Issue.record("\(source): never gets through")
  }
}
