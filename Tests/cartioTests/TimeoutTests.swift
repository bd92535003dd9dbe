import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Testing

/// `--timeout` ends every command that runs Lua, however many scripts it runs.
struct TimeoutTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() throws {
    program = Program(folder)
    let made = program.run(
      "-e", "for i = 1, 40 do carts.create{email='a@b.example'} end", "--yes")
    try #require(made.status == 0)
    try Files.makeFolder(folder.file("rules"))
  }

  private static let slow = "local n = 0 for i = 1, 90000 do n = n + i end"

  @Test(arguments: [
    ["rules", "test"], ["rules", "check"], ["rules", "run"], ["report", "endless"],
    ["import", "rows.csv", "--using", "rows.lua"],
  ])
  func itEnds(command: [String]) throws {
    folder.write(
      "rules/q.lua",
      """
      rule "q" { when = function(c) \(Self.slow) return false end }
      report "endless" { run = function(q) while true do pcall(function() end) end end }
      test("loops", function() while true do pcall(judge, "q", fixture{}) end end)
      """)
    folder.write(
      "rows.lua",
      "importer \"rows\" { format = \"csv\", row = function(r, n, emit, reject) \(Self.slow) reject(\"no\") end }"
    )
    folder.write(
      "rows.csv", "a\n" + String(repeating: "1\n", count: 200_000))
    let start = ContinuousClock.now
    let result = program.run(
      arguments: command.map { $0.hasPrefix("rows") ? folder.file($0) : $0 } + ["--timeout", "1s"])
    // Far less than any of them takes; a slow machine needs a while to start the program.
    #expect(ContinuousClock.now - start < .seconds(60))
    guard command != ["rules", "check"], command != ["rules", "run"] else { return }
    #expect(result.status == 1 || result.status == 3, "\(result)")
    #expect(
      result.messages.contains("time limit reached")
        || result.output.contains("time limit reached"), "\(result)")
  }

  @Test func anEndlessSettingsFileIsNamed() throws {
    folder.write("store.lua", "while true do end")
    let result = program.run("-e", "return 1")
    #expect(result.status == 1 && result.messages.hasPrefix("error: store.lua: "), "\(result)")
  }
}
