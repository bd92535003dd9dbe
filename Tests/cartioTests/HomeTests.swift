import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Where the home and the database are, and what is never made.
struct HomeTests {
  private let folder = TemporaryFolder()
  private var program: Program

  init() { program = Program(folder) }

  @Test(arguments: ["--db", "--home", "--rules"])
  func anEmptyPathIsRefused(option: String) {
    let result = program.run(option, "", "-e", "carts.create{}")
    #expect(result.status == 64)
    #expect(
      result.messages.hasPrefix("error: \(option): expected a path, got an empty text. Example: "))
    #expect(!exists("cartio.db"))
  }

  private func exists(_ name: String) -> Bool { access(folder.file(name), F_OK) == 0 }

  /// What SQLite would keep in memory, or take for a URI, is a file like others.
  @Test(arguments: [":memory:", "file:y.db", "file:y.db?mode=memory", "FILE:z.db"])
  func specialNamesAreNamesOfFiles(name: String) {
    let line = "'\(Program.path)' --db '\(name)' -e"
    #expect(program.run(shell: "\(line) 'carts.create{}'").status == 0)
    #expect(exists(name))
    #expect(program.run(shell: "\(line) 'return carts{}:count()'").output == "1\n")
    #expect(program.run(shell: "'\(Program.path)' --db '\(name)' backup 'file:b.db'").status == 0)
    #expect(exists("file:b.db"))
  }

  @Test(arguments: [
    ["report"], ["report", "overview"], ["rules", "list"], ["rules", "run"], ["schedule", "run"],
    ["schedule", "list"], ["export", "carts"], ["check"], ["jobs"], ["undo", "1"],
    ["backup", "b.db"], ["--read-only", "-e", ".carts"], ["--sandbox", "-e", ".carts"],
    ["run", "--plan", "/dev/null"],
  ])
  func aCommandThatReadsMakesNoDatabase(arguments: [String]) {
    let result = program.run(arguments: arguments)
    #expect(result.status == 1)
    #expect(
      result.messages.hasPrefix(
        "error: database: \(folder.file("cartio.db")) does not exist. To make one: cartio import "),
      "\(result)")
    #expect(!exists("cartio.db") && !exists("practice.db"))
    let named = program.run(arguments: arguments + ["--db", folder.file("no/other.db")])
    #expect(named.status == 1 && !exists("no"))
  }

  @Test func aNewDatabaseThatWasNamedIsSaid() {
    let path = folder.file("typo.db")
    #expect(program.run("--db", path, "-e", "1").messages == "database: \(path) is new\n")
    #expect(program.run("--db", path, "-e", "1").messages == "")
  }

  /// As under cron and systemd.
  @Test func withoutHOMETheUserDatabaseNamesTheHome() {
    guard let entry = getpwuid(geteuid()), let home = entry.pointee.pw_dir else { return }
    let expected = String(cString: home) + "/.local/share/cartio"
    for line in ["env -u HOME", "env HOME=", "env HOME=."] {
      let result = program.run(
        shell: "unset CARTIO_HOME; \(line) '\(Program.path)' doctor")
      #expect(result.output.contains(expected), "\(result)")
    }
    #expect(!exists(".local"))
  }

  @Test func aRelativeXDGFolderIsIgnoredAndSaid() {
    let result = program.run(
      shell: "unset CARTIO_HOME; XDG_DATA_HOME=data '\(Program.path)' doctor")
    #expect(
      result.messages.hasPrefix(
        "note: XDG_DATA_HOME is ignored: expected an absolute path, got 'data'\n"))
    #expect(result.output.contains(folder.file(".local/share/cartio")))
    #expect(!exists("data"))
  }
}
