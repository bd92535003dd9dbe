import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Standard output that cannot be written, files that may not be replaced, and pipes.
struct OutputTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() {
    program = Program(folder)
    _ = program.run(
      "practice", "--carts", "10", "--until", "2026-11-01T08:00:00Z", "--db",
      folder.file("cartio.db"))
  }

  /// Runs it by a shell, which can close and redirect what the program gets.
  private func shell(_ line: String) -> ProgramResult {
    program.run(shell: line.replacing("cartio ", with: "'\(Program.path)' "))
  }

  @Test(arguments: [
    "report overview", "report overview --format csv", "report overview --format html", "report",
    "check", "api", "doctor", "rules list", "jobs", "schedule list", "export carts",
    "export events -o -", "export carts -o /dev/stdout", "manual", "--help", "--version",
    "report --help", "-e 'return 1'", "-e 'print(1)'", "-e .carts", "-e '.mode json' -e .carts",
  ])
  func outputThatCannotBeWrittenIsAnError(command: String) {
    let full = shell("cartio \(command) >/dev/full")
    #expect(full.status == 1, "\(full)")
    #expect(
      full.messages.hasSuffix(
        "error: standard output: cannot write it: No space left on device; nothing was changed\n"),
      "\(full)")
    let closed = shell("cartio \(command) >&-")
    #expect(closed.status == 1, "\(closed)")
    #expect(
      closed.messages.hasSuffix(
        "error: standard output: cannot write it: it is closed; nothing was changed\n"),
      "\(closed)")
  }

  @Test func whatWasSavedBeforeIsNamed() {
    let added = shell("cartio -e '.new' >/dev/full")
    #expect(added.status == 3, "\(added)")
    #expect(
      added.messages.hasSuffix(
        "error: standard output: cannot write it: No space left on device; saved before it: "
          + "operation 2\n"), "\(added)")
    // What a chunk prints fails before anything of it is saved.
    let before = program.run("export", "events").output
    let printed = shell("cartio -e 'carts.create{} print(1)' >/dev/full")
    #expect(printed.status == 1 && printed.messages.hasSuffix("nothing was changed\n"))
    #expect(program.run("export", "events").output == before)
  }

  /// As with other programs, nobody is told that `head` has seen enough; the run ends.
  @Test func aReaderThatLeavesEndsTheRunQuietly() {
    let result = shell(
      "{ cartio -e 'for i = 1, 1e12 do print(i) end'; echo \"$?\" >&2; } | head -1")
    #expect(result.output == "1\n" && result.messages == "1\n", "\(result)")
    let export = shell("{ cartio export events; echo \"$?\" >&2; } | head -c 10")
    #expect(export.messages == "1\n" || export.messages == "0\n", "\(export)")
  }

  // MARK: Files

  @Test(arguments: [
    "cartio.db", "cartio.db-wal", "practice.db", "practice.db-wal", "link.db", "hard.db",
    "x/../cartio.db", "store.lua", "cartio.conf", "rules/p.lua", "rules/new.lua",
    "rules/lists/x.txt", "hard.lua", "templates/page.html", "reports/schedule.json",
    "reports/log.jsonl", "sandbox.jsonl", "cartio.labels.csv", "backups/b.db",
  ])
  func filesOfAShopAreNotReplaced(name: String) throws {
    for path in ["x", "rules/lists", "templates", "reports", "backups"] {
      try Files.makeFolder(folder.file(path))
    }
    _ = program.run("practice", "--carts", "2", "--until", "2026-11-01T08:00:00Z")
    _ = program.run("backup", folder.file("backups/b.db"))
    for file in [
      "cartio.conf", "rules/p.lua", "rules/lists/x.txt", "templates/page.html",
      "reports/schedule.json", "reports/log.jsonl", "sandbox.jsonl", "practice.db-wal",
    ] { folder.write(file, "-- kept\n") }
    folder.write("store.lua", "return {}\n")
    symlink("cartio.db", folder.file("link.db"))
    link(folder.file("practice.db"), folder.file("hard.db"))
    link(folder.file("rules/p.lua"), folder.file("hard.lua"))
    let before = folder.bytes(name)
    for command in [
      ["export", "carts", "-o"], ["report", "overview", "--format", "csv", "-o"],
      ["run", "--plan", folder.write("s.lua", "carts.create{}"), "-o"],
    ] {
      let result = program.run(arguments: command + [folder.file(name)])
      #expect(result.status == 64, "\(result)")
      #expect(result.messages.hasSuffix("; name another file\n"), "\(result)")
    }
    for verb in [".output", ".once"] {
      let result = program.run("-e", "\(verb) \(folder.file(name))", "-e", ".carts")
      #expect(result.status == 64, "\(result)")
    }
    #expect(folder.bytes(name) == before)
  }

  @Test func newFilesInAHomeAreFine() throws {
    for path in ["reports", "plans"] { try Files.makeFolder(folder.file(path)) }
    for name in ["reports/week.csv", "plans/a.jsonl", "carts.jsonl"] {
      #expect(program.run("export", "carts", "-o", folder.file(name)).status == 0)
      #expect(folder.read(name).hasPrefix("{"))
    }
  }

  @Test func onceAndOutputReplaceTheirFileAtTheEnd() {
    let path = folder.write("a.txt", "old\n")
    let failed = program.run("-e", ".once \(path)", "-e", ".report nope")
    #expect(failed.status == 1)
    #expect(failed.messages.hasSuffix("\(path): the command failed; the file is as it was\n"))
    #expect(folder.read("a.txt") == "old\n")
    let stopped = program.run(input: ".output \(path)\n.carts\n.nope\n")
    #expect(
      stopped.messages.hasSuffix(
        "\(path): a line failed before .output off; the file is as it was\n"), "\(stopped)")
    #expect(folder.read("a.txt") == "old\n")
    #expect(program.run(input: ".output \(path)\nprint(1)\n").status == 0)
    #expect(folder.read("a.txt") == "1\n")
  }

  /// A file that may not grow further, at many sizes.
  @Test func aFileThatMayNotGrowLeavesTheOldOne() {
    let path = folder.write("a.jsonl", String(repeating: "old\n", count: 1000))
    for size in [0, 1, 2, 4, 8] {
      let result = shell("ulimit -f \(size); cartio --read-only export events -o \(path)")
      #expect(result.status != 0)
      #expect(folder.bytes("a.jsonl").count == 4000)
    }
  }

  @Test func killedAtAnyMomentTheOldFileOrTheNewOneIsThere() throws {
    let path = folder.file("a.jsonl")
    let output = folder.file("out")
    #expect(program.run("export", "events", "-o", path).status == 0)
    let whole = folder.read("a.jsonl")
    let old = folder.write("old.jsonl", "old\n")
    for turn in 0..<100 {
      if turn.isMultiple(of: 2) {
        rename(old, path)
        folder.write("old.jsonl", "old\n")
      }
      let before = folder.read("a.jsonl")
      let pid = program.spawn(
        ["--read-only", "export", "events", "-o", path], input: "/dev/null", output: output,
        messages: output)
      usleep(UInt32(turn * 400))
      kill(pid, SIGKILL)
      _ = Program.wait(pid)
      let found = folder.read("a.jsonl")
      #expect(found == before || found == whole, "turn \(turn): \(found.utf8.count) bytes")
    }
  }

  @Test(arguments: [
    (["carts", "--where", "zzz"], "No cart matches 'zzz'. Searched: 10 carts of any status.\n"),
    (
      ["lines", "--where", "total>1000000"],
      "No cart matches 'total>1000000'. Searched: 10 carts of any status.\n"
    ),
    (["blacklist"], "The blacklist has no entries.\n"),
  ])
  func anExportWithoutRowsSaysWhatWasSearched(arguments: [String], message: String) {
    let result = program.run(arguments: ["export"] + arguments)
    #expect(result.status == 0 && result.output == "" && result.messages == message, "\(result)")
  }

  @Test(arguments: ["new.db-wal", "new.db-shm", "NEW.DB-JOURNAL", "x-Wal", "cartio.db-WAL"])
  func namesOfPartsOfDatabasesAreNotWritten(name: String) {
    let path = folder.file(name)
    for command in [["export", "carts", "-o"], ["report", "overview", "-o"], ["backup"]] {
      let result = program.run(arguments: command + [path])
      #expect(result.status == 64, "\(result)")
      #expect(
        result.messages == "error: file \(path): is part of a database; name another file\n")
    }
    folder.write("notes", "no database")
    let notes = folder.file("notes-wal")
    #expect(program.run("export", "carts", "-o", notes).status == 0)
  }

  // MARK: Pipes

  @Test(arguments: [
    ("rules/p.lua", ["rules", "list"]), ("store.lua", ["report", "overview"]),
    ("rules/lists/x.txt", ["-e", "list('x.txt')"]), ("s.lua", ["rules", "check", "s.lua"]),
    ("s.txt", ["-e", ".read s.txt"]),
  ])
  func aPipeInThePlaceOfAFileDoesNotBlock(name: String, arguments: [String]) throws {
    try Files.makeFolder(folder.file("rules/lists"))
    mkfifo(folder.file(name), 0o600)
    let words = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(
      separator: " ")
    let result = shell("cartio " + words)
    #expect(
      (result.messages + result.output).contains("\(name): is a pipe; expected a file"), "\(result)"
    )
  }

  @Test func scriptsPlansAndImportsMayComeFromPipes() {
    #expect(shell("echo 'print(1)' | cartio run /dev/stdin").output == "1\n")
    let plan = folder.file("p.plan")
    folder.write("s.lua", "carts.create{}")
    #expect(program.run("run", "--plan", "-o", plan, folder.file("s.lua")).status == 0)
    let applied = shell("cat '\(plan)' | cartio apply - --yes")
    #expect(applied.status == 0 && applied.messages.contains("1 cart done"), "\(applied)")
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    for command in ["run", "import", "apply"] {
      let result = program.run(command, pipe, "--timeout", "1s")
      #expect(result.status == 1, "\(result)")
      #expect(
        result.messages
          == "error: file \(pipe): gave nothing within the time of --timeout; nothing was read\n")
    }
  }
}
