import CartTesting
import ProgramTesting
import Testing

/// Words that a command cannot understand: none ends with success.
struct CommandWordTests {
  private static let commands = [
    ["console"], ["run", "x.lua"], ["apply", "x.plan"], ["undo", "1"], ["redo", "1"], ["jobs"],
    ["import", "x.jsonl"], ["export", "carts"], ["report"], ["report", "overview"], ["practice"],
    ["rules"], ["rules", "list"], ["rules", "run"], ["rules", "check"], ["api"],
    ["backup", "b.db"],
    ["restore", "b.db"], ["check"], ["doctor"], ["schedule"], ["schedule", "list"], ["connect"],
    ["sync"], ["serve"], ["outbox"], ["person", "a@example.com"],
  ]

  @Test(arguments: commands) func refusesThem(_ command: [String]) throws {
    let program = Program(TemporaryFolder())
    #expect(program.practice().status == 0)
    for wrong in [["--frobnicate"], ["--limt", "5"], ["frobnicate=1"], ["--since"], ["-z"]] {
      // A script has arguments of its own, and must be there to have any.
      let result = program.run(arguments: command + wrong)
      #expect(result.status != 0, "\(command + wrong): \(result.output.prefix(300))")
      #expect(!result.messages.isEmpty, "\(command + wrong)")
    }
  }

  /// A verb and its command take the same words.
  @Test func reportsTakeTheSameWordsInBoth() throws {
    let program = Program(TemporaryFolder())
    #expect(program.practice().status == 0)
    let clock = ["--now", "2026-11-01T09:00:00Z"]
    for words in [
      ["overview", "since=90d"], ["overview", "--since", "90d"],
      ["top-added", "since=90d", "limit=3"],
      ["countries", "country=DE", "or", "country=FR"],
      ["overview", "period=last-week", "compare=yes"],
      ["overview", "--since", "90d", "--by", "week", "not", "country=DE"],
      ["overview", "(total>20 and country=DE)", "--until", "1d"],
    ] {
      let command = program.run(arguments: clock + ["report"] + words)
      let verb = program.run(
        arguments: clock + ["-e", ".report " + words.joined(separator: " ")])
      #expect(
        command.status == 0 && verb.status == 0, "\(words): \(command.messages)\(verb.messages)")
      #expect(command.output == verb.output, "\(words)")
    }
    let twice = program.run("report", "overview", "since=9d", "--since", "8d")
    #expect(twice.status == 64 && twice.messages.contains("given twice"), "\(twice.messages)")
  }

  @Test func anArgumentIsAnExpressionOrOneTest() throws {
    let program = Program(TemporaryFolder())
    #expect(program.practice().status == 0)
    func count(_ words: String...) -> Int {
      let result = program.run(arguments: ["export", "carts", "--where"] + words)
      #expect(result.status == 0, "\(words): \(result.messages)")
      return result.output.split(separator: "\n").count
    }
    let all = count("status=any")
    let german = count("country=DE")
    #expect(german > 0 && german < all)
    #expect(count("not country=DE") == all - german)
    #expect(count("not", "country=DE") == all - german)
    #expect(count("(country=DE or not country=DE)") == all)
    #expect(count("country=DE", "or", "(not country=DE)") == all)
    let scripted = program.run(
      "-e",
      "print(carts{'(country=DE)', status='any'}:count(), carts{'not country=DE', status='any'}:count())"
    )
    #expect(scripted.output == "\(german)\t\(all - german)\n", "\(scripted.messages)")
    let wrong = program.run("-e", "print(carts{'country=DE or country=AT'}:count())")
    #expect(wrong.status == 1 && wrong.messages.contains("an 'or' outside parentheses"))
  }
}
