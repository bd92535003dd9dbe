import ProgramTesting
import Testing

/// Names that are not supported yet say so, and staff have names of people.
struct LaterCommandTests {
  private let folder: TemporaryFolder
  private let program: Program

  init() {
    folder = TemporaryFolder()
    program = Program(folder)
  }

  @Test(arguments: [
    ["outbox", "retry", "1"], ["person", "a@example.com", "export"],
    ["--as", "ben", "outbox"], ["report-bug", "c1"], ["move", "other.db"],
  ])
  func whatIsToComeSaysSo(arguments: [String]) {
    let result = program.run(arguments: arguments)
    let name = arguments.first { !$0.hasPrefix("-") && $0 != "ben" } ?? ""
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.messages.hasPrefix("error: \(name): not supported yet; "), "\(result)")
  }

  @Test(arguments: [
    (["check", "--proof", "f"], "check --proof"), (["check", "--against", "f"], "check --against"),
    (["rules", "worth"], "rules worth"),
    (["rules", "watch", "x"], "rules watch"),
    (["rules", "new", "x", "--from", "c"], "rules new --from"),
    (["--threads", "2", "-e", "1"], "--threads"), (["-e", ".rings"], "rings"),
    (["-e", ".last"], "last"),
  ])
  func optionsThatAreToComeSaySo(arguments: [String], name: String) {
    let result = program.run(arguments: arguments + ["--db", folder.file("x.db")])
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.messages.contains("error: \(name): not supported yet; "), "\(result)")
  }

  @Test(arguments: ["rule:x", "policy:x", "Import", "sync", "shopper", "staff:anna"])
  func nobodyIsCalledAsARule(name: String) {
    let result = program.run("--as", name, "-e", "1")
    #expect(result.status == 1)
    #expect(
      result.messages.hasSuffix(
        "error: --as: expected the name of a person, as anna, got '\(name)', which means no member of "
          + "staff\n"), "\(result)")
  }
}
