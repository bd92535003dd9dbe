import CartEngine
import CartModel
import CartSupport
import CartTesting
import LuaKit
import Testing

@testable import CartScripting

/// One attack: a script and its expected result.
struct Attack: CustomTestStringConvertible, Sendable {
  var id: String
  var profile: ScriptSession.Profile
  var outcome: String
  /// What the message must hold; empty for anything.
  var fragment: String
  var code: String

  var testDescription: String { id }

  /// Cases of `Attacks.txt`: a header `#### ID profile outcome fragment`, then the code.
  static let all: [Attack] = {
    var folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    folder.removeLast()
    guard let text = try? Files.text(folder.joined(separator: "/") + "/Attacks.txt") else {
      return []
    }
    var cases: [Attack] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#### ") {
        let words = line.dropFirst(5).split(separator: " ", maxSplits: 3)
        guard words.count >= 3 else { continue }
        cases.append(
          Attack(
            id: String(words[0]), profile: words[1] == "rule" ? .rule : .console,
            outcome: String(words[2]), fragment: words.count > 3 ? String(words[3]) : "", code: ""))
      } else if !cases.isEmpty {
        cases[cases.count - 1].code += line + "\n"
      }
    }
    return cases
  }()
}

struct AttackTests {
  private final class World {
    let test: TestShop
    let session: ScriptSession
    private(set) var printed = 0

    private final class Counter {
      var bytes = 0
    }
    private let counter = Counter()
    private let attempt: Run
    var output: Int { counter.bytes }

    init(_ profile: ScriptSession.Profile) throws {
      test = try TestShop()
      try test.take(TestShop.products)
      try test.take(
        """
        {"type":"cart.created","at":"2026-11-01T07:10:00Z","cart":"att-0001","currency":"EUR","session":"s1","shopper":{"email":"a@example.com","country":"DE","ip":"192.0.2.7"}}
        {"type":"line.added","at":"2026-11-01T07:11:00Z","cart":"att-0001","sku":"MUG-01","name":"Mug","quantity":2,"price":"12.99"}
        {"type":"line.added","at":"2026-11-01T07:12:00Z","cart":"att-0001","sku":"TEA-01","name":"Tea","quantity":1,"price":"4.20"}
        {"type":"line.added","at":"2026-11-01T07:30:00Z","cart":"att-0002","sku":"MUG-01","name":"Mug","quantity":1,"price":"12.99"}
        """)
      let handler = CommandHandler(test.shop, mode: .sandbox, actor: .staff("anna"))
      let counter = counter
      session = try ScriptSession(handler, profile: profile, seed: 7, capacity: .rule) {
        counter.bytes += $0.utf8.count
      }
      session.limit(
        .init(instructions: LuaVM.Budget.rule.instructions, output: LuaVM.Budget.rule.output))
      attempt = handler.begin("attack")
    }

    func run(_ code: String) -> (outcome: String, message: String) {
      do {
        _ = try session.working(in: attempt) { () throws(ScriptError) in
          try session.run(code, name: "=attack")
        }
        return ("ok", "")
      } catch let error as ScriptError {
        switch error.code {
        case .limit, .memory: return ("kill", error.message)
        default: return ("error", error.message)
        }
      } catch { return ("error", "\(error)") }
    }
  }

  @Test func thereAreEnough() {
    #expect(Attack.all.count >= 150)
    #expect(Set(Attack.all.map(\.id)).count == Attack.all.count)
  }

  @Test(arguments: Attack.all)
  func anAttackFails(attack: Attack) throws {
    let world = try World(attack.profile)
    let before = try world.test.exported()
    let result = world.run(attack.code)
    #expect(result.outcome == attack.outcome, "\(attack.code)\(result.message)")
    #expect(
      attack.fragment.isEmpty || result.message.contains(attack.fragment), "\(result.message)")
    #expect(result.message.utf8.count <= 2048)
    let spent = world.session.instructions

    // An innocent script on the same VM gives its normal answer.
    try world.session.renew()
    let innocent = try world.session.run(
      """
      local t = {} for k, v in pairs{b = 2, a = 1} do t[#t + 1] = k .. v end
      local ok, e = pcall(error, 'x', 0)
      return table.concat(t, ','), ('%5.2f'):format(1.5), ok, e, tostring(money('12.99')),
        ('a-b'):gsub('%-', '+'), cart('att-0002').lines[1].sku
      """, name: "=innocent")
    #expect(
      innocent == [
        .string("a1,b2"), .string(" 1.50"), .boolean(false), .string("x"), .string("12.99"),
        .string("a+b"), .string("MUG-01"),
      ])
    // The store is as it was, and no more was printed than the budget allows.
    #expect(try world.test.exported() == before)
    #expect(world.output <= LuaVM.Budget.rule.output)

    // The same script in another world spends the same.
    let again = try World(attack.profile)
    #expect(again.run(attack.code) == result)
    #expect(again.session.instructions == spent)
  }
}
