import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Glibc
import Testing

/// Commands that write a file, killed at any moment: the old file or the new one is there, and nothing
/// else that has its name.
struct KilledWriterTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() throws {
    program = Program(folder)
    try #require(program.practice().status == 0)
    folder.write("bad.jsonl", String(repeating: "no event\n", count: 3000))
    folder.write("s.lua", "for c in carts{status='any'} do c:add('MUG-01', 1) end")
    try Files.makeFolder(folder.file("out"))
  }

  /// - Parameter isWhole: whether a file is a whole new one.
  private func killing(
    _ arguments: [String], turns: Int = 40, isWhole: (String) -> Bool
  ) {
    let path = folder.file("out/file")
    for turn in 0..<turns {
      let hasOld = turn.isMultiple(of: 2) && !arguments.contains("backup")
      if hasOld { folder.write("out/file", "old\n") } else { unlink(path) }
      let pid = program.spawn(
        arguments + [path], input: "/dev/null", output: folder.file("said"),
        messages: folder.file("said"))
      usleep(UInt32(turn * 2500))
      kill(pid, SIGKILL)
      _ = Program.wait(pid)
      let found = Files.exists(path) ? folder.read("out/file") : nil
      let isOld = found == (hasOld ? "old\n" : nil)
      #expect(isOld || isWhole(found ?? ""), "\(arguments), turn \(turn)")
      #expect(Files.list(folder.file("out")).filter { $0 != "file" } == [], "turn \(turn)")
    }
    let last = program.run(arguments: arguments + [path])
    unlink(path)
    #expect([0, 1, 3].contains(last.status), "\(last)")
  }

  @Test func reports() {
    let whole = program.run("report", "overview", "--format", "csv").output
    killing(["report", "overview", "--format", "csv", "-o"]) { $0 == whole }
  }

  @Test func backups() {
    killing(["backup"]) { _ in
      let check = program.run("--db", folder.file("out/file"), "check")
      return check.output.hasPrefix("clean: ")
    }
  }

  @Test func rejects() {
    killing(["import", folder.file("bad.jsonl"), "--rejects"]) {
      $0.split(separator: "\n").count == 3000 && $0.hasSuffix("}\n")
    }
  }

  @Test func plans() {
    killing(["run", "--plan", folder.file("s.lua"), "-o"]) {
      $0.split(separator: "\n").last?.hasPrefix("{\"end\":") == true
    }
  }
}
