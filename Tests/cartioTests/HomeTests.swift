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

  /// What only reads, or fails before it writes, makes neither database nor home.
  @Test(arguments: [
    ["-e", "return carts{}:count()"], ["-e", ".carts"], ["-e", ".ops"], ["-e", "1 +"],
    ["-e", "error('no')"], ["run", "nope.lua"], ["run", "READ"], ["import", "nope.jsonl"],
    ["import", "READ", "--using", "nope.lua"], ["import", "nope.csv", "--as-type", "blacklist"],
    ["apply", "nope.plan"], ["restore", "nope.db", "--yes"], ["console"],
  ])
  func whatFailsOrReadsMakesNoDatabase(arguments: [String]) {
    let script = folder.write("read.lua", "print(carts{status='any'}:count(), #orders{})")
    let words = arguments.map { $0 == "READ" ? script : $0 }
    for place in [["--home", folder.file("home")], ["--db", folder.file("other/x.db")]] {
      let result = program.run(arguments: words + place)
      #expect(result.status == 0 || result.status == 1, "\(result)")
      #expect(!exists("home") && !exists("other"), "\(result)")
    }
    #expect(!exists("cartio.db"))
  }

  @Test func theFirstChangeMakesTheDatabase() {
    let path = folder.file("sub/typo.db")
    let new = "database: \(path) does not exist; the first change makes it\n"
    let read = program.run("--db", path, "-e", "return carts{status='any'}:count()")
    #expect(read.output == "0\n" && read.messages == new)
    #expect(!exists("sub"))
    let lines = """
      return carts{status='any'}:count()
      c = carts.create{email='a@example.com'}
      return carts{status='any'}:count(), c.status
      .new email=b@example.com
      .carts status=any
      .undo confirm=1
      """
    let made = program.run(arguments: ["--db", path], input: lines)
    #expect(made.status == 0 && made.messages.hasPrefix(new), "\(made)")
    #expect(made.output.hasPrefix("0\n1  active\n") || made.output.hasPrefix("0\n1\tactive\n"))
    #expect(program.run("--db", path, "check").status == 0)
    let again = program.run("--db", path, "-e", "return carts{status='any'}:count()")
    #expect(again.output == "2\n" && again.messages == "")
  }

  /// Another process may have made the database since this one found none.
  @Test func twoProcessesThatFindNoDatabaseMakeOne() throws {
    let talks = (1...2).map { _ in program.converse(["console"]) }
    for talk in talks {
      talk.type("return carts{status='any'}:count()\n")
      #expect(talk.read(until: "0\n") != nil)
    }
    for (number, talk) in talks.enumerated() {
      talk.type("carts.create{email='s\(number)@example.com'} return 'made'\n")
      #expect(talk.read(until: "made\n") != nil)
      talk.type("return carts{status='any'}:count()\n")
      #expect(talk.read(until: "\(number + 1)\n") != nil)
    }
    for talk in talks { #expect(talk.finish() == 0) }
    #expect(program.run("check").status == 0)
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
