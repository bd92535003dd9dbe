import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// What the last process leaves: the main file alone, whole.
@Suite(.serialized)
struct LastCloseTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private static let event =
    #"{"type":"cart.created","at":"2026-11-20T01:00:00Z","cart":"cart1001","currency":"EUR"}"#

  /// Whether nothing lies beside a database, and a copy of it alone has its carts.
  private func isWhole(_ name: String = "cartio.db", carts: Int) -> Bool {
    let path = folder.file(name)
    guard !Files.exists(path + "-wal"), !Files.exists(path + "-shm") else { return false }
    _ = Shell.run("cp \(path) \(folder.file("copy.db"))")
    let found = program.run(
      "--db", folder.file("copy.db"), "-e", "print(carts{status='any'}:count())")
    return found.output == "\(carts)\n"
  }

  private func remove() {
    for end in ["", "-wal", "-shm"] { unlink(folder.file("cartio.db") + end) }
  }

  @Test func afterCommandsOfAllKinds() {
    let events = folder.write("events", Self.event)
    for turn in 0..<5 {
      remove()
      #expect(program.run("import", events).status == 0)
      #expect(isWhole(carts: 1), "import, turn \(turn)")
    }
    let script = folder.write("script.lua", "carts.create{}\ncarts.create{}")
    #expect(program.run("run", script).status == 0)
    #expect(isWhole(carts: 3), "run")
    let failing = folder.write("failing.lua", "carts.create{}\nerror('no')")
    #expect(program.run("run", failing).status != 0)
    #expect(isWhole(carts: 3), "a script that fails")
    folder.write("rules.lua", "")
    #expect(program.run("rules", "run").status == 0)
    #expect(isWhole(carts: 3), "rules run")
    for command in [
      ["check"], ["report"], ["export", "carts"], ["doctor"], ["--read-only", "-e", "1"],
    ] {
      #expect(program.run(arguments: command).status == 0)
      #expect(isWhole(carts: 3), "\(command)")
    }
    #expect(program.run("practice", "--carts", "20").status == 0)
    #expect(isWhole("practice.db", carts: 20), "practice")
  }

  /// Ctrl-C while a file is imported from a quiet standard input.
  @Test func afterAnInterruptedImport() {
    let console = program.converse(["import", "-"])
    console.type(Self.event + "\n")
    for _ in 0..<300 where !Files.exists(folder.file("cartio.db")) { usleep(10_000) }
    usleep(200_000)
    console.end(with: SIGINT)
    #expect(console.finish() == 130)
    #expect(isWhole(carts: 1) || isWhole(carts: 0))
  }

  /// The one that leaves last could only read; the one that wrote had left before.
  @Test func afterAReaderThatLeavesLast() {
    #expect(program.run("import", "-", input: Self.event).status == 0)
    let reader = program.converse(["--read-only"])
    reader.type("print(carts{status='any'}:count())\n")
    #expect(reader.read(until: "1\n") != nil)
    #expect(program.run("-e", "carts.create{}").status == 0)
    #expect(Files.exists(folder.file("cartio.db-wal")))
    #expect(reader.finish() == 0)
    #expect(isWhole(carts: 2))
  }

  /// What a killed process leaves, the next one puts in order.
  @Test func afterTheOneThatFollowsAKilledOne() {
    #expect(program.run("import", "-", input: Self.event).status == 0)
    let console = program.converse([])
    console.type("carts.create{}\nprint('made')\n")
    #expect(console.read(until: "made") != nil)
    console.kill()
    #expect(console.finish() == 128 + SIGKILL)
    #expect(Files.exists(folder.file("cartio.db-wal")))
    #expect(program.run("check").status == 0)
    #expect(isWhole(carts: 2))
  }

  /// SIGTERM and SIGHUP end what is under way, and the database is closed as at any end.
  @Test(arguments: [SIGTERM, SIGHUP])
  func afterASignalThatEndsIt(signal: Int32) {
    #expect(program.run("import", "-", input: Self.event).status == 0)
    let script = folder.write(
      "slow.lua", "carts.create{} print('made') while true do pcall(function() end) end")
    for (arguments, typed, seen, exit) in [
      ([], "carts.create{}\nprint('made')\n", "made", 130),
      (["run", script, "--yes"], "", "made", 130),
      (["-e", "while true do print('busy') end"], "", "busy", 130),
    ] as [([String], String, String, Int32)] {
      let running = program.converse(arguments)
      running.type(typed)
      #expect(running.read(until: seen) != nil)
      running.end(with: signal)
      #expect(running.finish() == exit, "\(arguments)")
      #expect(isWhole(carts: 2), "\(arguments)")
    }
    #expect(program.run("check").status == 0)
  }

  /// What was saved before stays, and the exit says so, as for Ctrl-C.
  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func afterASignalThatEndsItInPart(signal: Int32) {
    let script = folder.write(
      "half.lua",
      "for i = 1, 3000 do carts.create{} end print('made') while true do carts() end")
    let running = program.converse(["run", script, "--yes"])
    #expect(running.read(until: "made") != nil)
    running.end(with: signal)
    #expect(running.finish() == 3)
    #expect(program.run("check").status == 0)
  }

  /// At the prompt, and at a question.
  @Test(arguments: [SIGTERM, SIGHUP])
  func afterASignalAtTheTerminal(signal: Int32) {
    #expect(program.run("import", "-", input: Self.event).status == 0)
    let questions = ["", ".hold cart1001\n.undo\n"]
    for (number, typed) in questions.enumerated() {
      let terminal = program.terminal([])
      #expect(terminal.read(until: "> ") != nil)
      terminal.type("carts.create{}\n" + typed)
      #expect(terminal.read(until: number == 0 ? "(.undo 2)" : "[y/N] ") != nil)
      usleep(300_000)
      terminal.end(with: signal)
      #expect(terminal.finish() != 0)
      #expect(isWhole(carts: 2 + number), "\(number)")
    }
  }
}
