import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Limits of the program as a whole: time, interrupts, memory and the stack.
struct LimitTests {
  /// One assignment that takes Lua hours: keys that collide when the table grows.
  static let endlessStep =
    "local t, m = {}, (1 << 19) - 1 for i = 1, (1 << 18) + 1 do t[i * m] = true end"

  private func shop() -> Program {
    let program = Program(TemporaryFolder())
    program.folder.write(
      "shop.jsonl",
      """
      {"type":"product.upserted","at":"2026-11-01T08:00:00Z","sku":"MUG-01","name":"Mug","price":"12.99","currency":"EUR"}

      """)
    _ = program.run("import", program.folder.file("shop.jsonl"))
    return program
  }

  // MARK: Time

  @Test func aStepThatCannotBeInterruptedEndsTheProgram() {
    let program = shop()
    let result = program.run("--timeout", "1s", "-e", Self.endlessStep)
    #expect(result.status == 1)
    #expect(
      result.messages
        == "error: time limit reached in a step that Lua cannot interrupt. The program ended. "
        + "Nothing of it was saved.\n")
    #expect(program.run("check").status == 0)
  }

  @Test func whatWasSavedBeforeIsNamed() {
    let program = shop()
    let result = program.run(
      "--timeout", "4s", "--yes", "-e",
      "for i = 1, 1100 do carts.create{} end " + Self.endlessStep)
    #expect(result.status == 3)
    #expect(result.messages.hasSuffix("was saved up to there; .undo 2 reverts it.\n"), "\(result)")
    #expect(program.run("check").status == 0)
    #expect(program.run("undo", "2", "--yes").status == 0)
    #expect(program.run("-e", "return carts{}:count()").output == "0\n")
  }

  @Test func aScriptThatCanBeInterruptedKeepsTheConsole() {
    let program = shop()
    let result = program.run(
      arguments: ["--timeout", "1s", "--keep-going"],
      input: "x = 1\nwhile true do end\nprint(x)\n")
    #expect(result.output == "1\n")
    #expect(result.messages.contains("time limit reached"))
  }

  @Test(arguments: [
    "(function() local s = ('a'):rep(20000000) while true do s:find(s:sub(9999999) .. 'b', 1, true) end end)()",
    "('a'):rep(2000000):find('[' .. ('b'):rep(2000000) .. 'a]*')",
    "load('local x ' .. 'if x then ' .. ('elseif x then '):rep(74000) .. 'end')",
    "(function() while true do pcall(string.rep, 'x', 60000000) end end)()",
  ])
  func aLongCallIsCutOff(call: String) {
    let result = shop().run("--timeout", "1s", "-e", "return " + call)
    #expect(result.status == 1)
    #expect(result.messages.contains("time limit reached"), "\(result)")
  }

  // MARK: Interrupts

  private func interrupted(_ chunk: String, twice: Bool) -> (status: Int32, messages: String) {
    let program = shop()
    let names = ["in", "out", "err"].map { program.folder.file("limit." + $0) }
    program.folder.write("limit.in", "")
    let pid = program.spawn(
      ["-e", "print('ready') " + chunk], input: names[0], output: names[1], messages: names[2])
    while program.folder.read("limit.out").isEmpty { usleep(10_000) }
    // What is printed comes before the chunk; let it get into its loop.
    usleep(300_000)
    kill(pid, SIGINT)
    if twice {
      usleep(200_000)
      kill(pid, SIGINT)
    }
    return (Program.wait(pid), program.folder.read("limit.err"))
  }

  @Test func aSecondInterruptEndsTheProgram() {
    let result = interrupted(Self.endlessStep, twice: true)
    #expect(result.status == 130)
    #expect(
      result.messages
        == "interrupted twice. The program ended in the middle of a command. Nothing of it was saved.\n"
    )
  }

  @Test func oneInterruptEndsTheChunk() {
    let result = interrupted("while true do end", twice: false)
    #expect(result.status == 130)
    #expect(result.messages == "interrupted\n")
  }

  @Test func interruptsAtThePromptEndNothing() {
    let program = shop()
    let conversation = program.terminal(["--as", "anna"])
    #expect(conversation.read(until: "(live)> ") != nil)
    for _ in 0..<3 { #expect(conversation.press("\u{3}", until: "(live)> ")) }
    conversation.typeToEditor("1 + 1\r")
    #expect(conversation.read(until: "2\r\n") != nil)
    conversation.typeToEditor(".quit\r")
    #expect(conversation.finish() == 0)
  }

  @Test func aSecondInterruptLeavesTheTerminalAsItWas() {
    let program = shop()
    let conversation = program.terminal(["--as", "anna"])
    #expect(conversation.read(until: "(live)> ") != nil)
    conversation.typeToEditor("print('re' .. 'ady') \(Self.endlessStep)\r")
    #expect(conversation.read(until: "ready") != nil)
    usleep(300_000)
    conversation.type("\u{3}")
    usleep(300_000)
    conversation.type("\u{3}")
    #expect(conversation.read(until: "The program ended in the middle of a command.") != nil)
    #expect(conversation.isCooked)
    #expect(conversation.finish() == 130)
  }

  // MARK: Memory

  /// Chunks that hold more and more without saving it.
  @Test(arguments: [
    ["--sandbox", "while true do carts.create{email = 'a@example.com'} end"],
    ["--sandbox", "plan(function() while true do carts.create{} end end)"],
    ["--sandbox", "local c = carts.create{} while true do c:add('MUG-01', 1) end"],
    ["--sandbox", "while true do pcall(carts.create, {}) end"],
    ["--yes", "atomically(function() while true do carts.create{} end end)"],
    [
      "--yes", "plan(function() while true do local c = carts.create{} c:add('MUG-01', 1) end end)",
    ],
  ])
  func whatIsNotSavedIsBounded(words: [String]) {
    let program = shop()
    let result = program.run(measuring: ["--memory", "16M", words[0], "-e", words[1]])
    #expect(result.status == 1, "\(result)")
    #expect(
      result.messages
        == "error: memory: the changes that are not saved take more than 16 MB; nothing of them was "
        + "saved. Change fewer carts at a time, or allow more with --memory 32M\n")
    #expect(result.memory < (16 + 64) << 20, "\(result.memory >> 20) MB")
    #expect(program.run("-e", "return carts{status='any'}:count()").output == "0\n")
  }

  @Test func aPlanOfAReportIsBounded() {
    let program = shop()
    program.folder.write(
      "mem.lua",
      "report 'mem' { run = function(q) plan(function() while true do carts.create{} end end) end }\n"
    )
    let result = program.run(measuring: ["--rules", program.folder.path, "report", "mem"])
    #expect(result.status == 1)
    #expect(result.messages.contains("the changes that are not saved take more than"), "\(result)")
    #expect(result.memory < (64 + 64) << 20, "\(result.memory >> 20) MB")
  }

  @Test func whatIsSavedOnTheWayIsNot() {
    let program = shop()
    let result = program.run(
      "--memory", "4M", "--yes", "-e", "for i = 1, 3000 do carts.create{} end")
    #expect(result.status == 0, "\(result)")
    #expect(program.run("-e", "return carts{status='any'}:count()").output == "3000\n")
  }

  @Test func oneTextManyTimesIsBounded() {
    let program = shop()
    let result = program.run(measuring: [
      "--memory", "16M", "-e",
      "local s, t = ('x'):rep(6000000), {} for i = 1, 49 do t[i] = s end return t",
    ])
    #expect(result.status == 1)
    #expect(result.messages.contains("not enough memory"), "\(result)")
    #expect(result.memory < (16 + 64) << 20, "\(result.memory >> 20) MB")
  }

  // MARK: The stack

  @Test(arguments: [256, 512, 1024])
  func deepRecursionIsAnErrorOnAnyStack(kilobytes: Int) {
    let program = shop()
    for chunk in [
      "local function f() return pcall(string.gsub, 'a', '.', f) end return f()",
      "local function f() carts{}:each(f) end carts.create{} f()",
      "local function f() return plan(f) end f()",
      "local function f() table.sort({2, 1}, f) end f()",
      "local function f() return coroutine.wrap(f)() end f()",
      "local function f() return tostring(setmetatable({}, {__tostring = f})) end f()",
      "local function f(t, k) return t[k .. 1] end return setmetatable({}, {__index = f})[1]",
      "return load(('('):rep(190) .. 1 .. (')'):rep(190))()",
      "local function f() return 1 + f() end f()",
    ] {
      program.folder.write("deep.lua", chunk)
      let result = program.run(
        shell:
          "ulimit -s \(kilobytes); cartio --yes --timeout 20s run '\(program.folder.file("deep.lua"))'"
      )
      #expect([0, 1, 3].contains(result.status), "\(kilobytes): \(chunk): \(result)")
    }
  }

  @Test func aTinyStackIsNamed() {
    let result = shop().run(shell: "ulimit -s 128; cartio -e 'return 1'")
    #expect(result.status == 1)
    #expect(
      result.messages
        == "error: the stack may grow to 128 KB only, and cartio needs 256 KB. Allow more with "
        + "'ulimit -s 8192'\n")
  }

  /// One place, and how many more there are.
  @Test func aReportThatRunsItselfSaysSoOnce() {
    let program = shop()
    let own =
      #"report "r" { run = function(q) return reports.run("r") end } return reports.run("r")"#
    let result = program.run("-e", own)
    #expect(
      result.messages
        == "error: -e:1: reports.run: reports run within reports: 'r' runs 'r' runs 'r' … 14 more; expected at most "
        + "16\n", "\(result)")
    let two = program.run(
      "-e",
      "report 'a' { run = function(q) return reports.run('b') end }\n"
        + "report 'b' { run = function(q) error('no') end }\nreturn reports.run('a')")
    #expect(two.messages == "error: -e:2: no\n", "\(two)")
  }

  // MARK: Imports

  /// Ctrl-C ends the row that is under way; it is no reject.
  @Test func ctrlCEndsTheLuaOfARow() {
    let program = shop()
    let script = program.folder.write(
      "k.lua",
      "importer 'k' { format = 'csv', row = function(r, n, emit, reject) print('row ' .. n) "
        + "while true do pcall(function() end) end end }\n")
    let rows = program.folder.write(
      "rows.csv", "id\n" + String(repeating: "1\n", count: 1000))
    let messages = program.folder.file("messages")
    let running = program.converse(["import", rows, "--using", script], messages: messages)
    #expect(running.read(until: "row 2") != nil)
    running.end(with: SIGINT)
    #expect(running.finish() == 130)
    let said = program.folder.read("messages")
    #expect(said.contains("interrupted") && !said.contains("limit"), "\(said)")
    #expect(!Files.exists(rows + ".rejects.jsonl"))
  }

  @Test func whatARowWritesIsBounded() {
    let program = shop()
    program.folder.write(
      "k.lua",
      "importer 'k' { format = 'csv', row = function(r, n, emit, reject) "
        + "while true do reject(('x'):rep(2000)) end end }\n")
    program.folder.write("rows.csv", "id,name\n1,a\n2,b\n")
    let result = program.run(
      "import", program.folder.file("rows.csv"), "--using", program.folder.file("k.lua"),
      "--rejects", program.folder.file("out.jsonl"))
    #expect(result.status != 0)
    #expect(result.messages.contains("output limit reached"), "\(result)")
    #expect(program.folder.read("out.jsonl").utf8.count < 3 << 20)
  }
}
