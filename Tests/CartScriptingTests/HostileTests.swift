import CartEngine
import CartTesting
import Glibc
import LuaKit
import Testing

@testable import CartScripting

struct HostileTests {
  /// What a run may use, and what it may overrun that by; seconds of this thread, so that a busy
  /// machine does not decide.
  static let budget = 0.02
  static let overrun = 0.4

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test func thereAreScriptsOfEachKind() {
    #expect(HostileScript.all.count >= 100)
    #expect(Set(HostileScript.all.map(\.name)).count == HostileScript.all.count)
    let kinds = Set(HostileScript.all.map { $0.name.prefix { $0 != ":" } })
    for kind in [
      "plain find", "set", "rehash", "load", "recursion", "memory", "coroutines", "sort", "gsub",
      "format", "metatables", "time",
    ] {
      #expect(kinds.contains(kind[...]), "\(kind)")
    }
  }

  @Test(arguments: [ScriptSession.Profile.rule, .console])
  func aScriptEndsSoonAfterItsBudget(profile: ScriptSession.Profile) throws {
    let harness = try ScriptHarness(profile, mode: .sandbox, capacity: .rule)
    harness.session.limit(.init(cpu: UInt64(Self.budget * 1e9), output: 64 << 10))
    for script in HostileScript.all {
      let start = Self.processorTime
      let message = harness.message("local SIZE = 1000000\n" + script.code)
      let used = Self.processorTime - start
      #expect(used < Self.budget + Self.overrun, "\(script.name): \(used) s: \(message)")
      #expect(message.utf8.count <= 4096, "\(script.name)")
    }
    // The next script finds all as it should be.
    harness.session.limit(.console)
    #expect(try harness.run("return cart('8f3a').lines[1].sku") == "MUG-01")
  }
}
