import CartEngine
import CartTesting
import Glibc
import Testing

@testable import CartRules

/// A rule in shadow that does its worst never holds up the change beside which it judges.
struct HostileShadowTests {
  /// What rules in shadow may use of a change, and what they may overrun that by; seconds of this
  /// thread, so that a busy machine does not decide.
  private static let budget = 0.05
  private static let overrun = 0.2

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test func aChangeEndsSoonWhateverJudgesBesideIt() throws {
    var judged = 0
    for script in HostileScript.all {
      let rules = try RuleHarness(0)
      rules.write(
        "q.lua",
        "local SIZE = 100000\nrule \"q\" { when = function(c)\n\(script.code)\nend }")
      // What a rule may not say at all judges nothing.
      guard try rules.scan().errors.isEmpty else { continue }
      judged += 1
      let start = Self.processorTime
      let number = try operation(rules.handler) {
        _ = try rules.handler.create([.email: "a@example.com"])
      }
      let used = Self.processorTime - start
      #expect(used < Self.budget + Self.overrun, "\(script.name): \(used) s")
      #expect(number != nil, "\(script.name)")
      #expect(try rules.test.shop.check().problems == [], "\(script.name)")
    }
    #expect(judged > 60)
  }
}
