import CartTesting
import LuaKit
import ProgramTesting
import Testing

@testable import CartScripting

/// Everything that a script can reach without calling anything, compared with a list: one name too
/// many was a hole in other programs (CVE-2022-0543).
struct EnvironmentTests {
  @Test(arguments: [ScriptSession.Profile.rule, .console])
  func theEnvironmentIsExactlyThis(profile: ScriptSession.Profile) throws {
    let harness = try ScriptHarness(profile)
    let names = try harness.session.inventory()
    expectGolden(names.joined(separator: "\n") + "\n", "environment-\(profile)")
  }
}
