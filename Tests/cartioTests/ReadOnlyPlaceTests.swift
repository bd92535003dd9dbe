import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Databases in folders that may only be read.
@Suite(.serialized)
struct ReadOnlyPlaceTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }
  var path: String { folder.file("shop/cartio.db") }

  private func prepare() {
    let lines = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S","name":"Ware","price":"2.50","currency":"EUR"}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1001"}

      """
    #expect(program.run("import", "-", "--db", path, input: lines).status == 0)
  }

  /// Runs the program as a user who may read everything and write nothing; root may always.
  private func read(_ line: String) -> (text: String, messages: String, status: String) {
    _ = Shell.run("chmod -R a+rX \(folder.path); chmod a-w \(folder.file("shop")) \(path)")
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    let home = folder.file("home")
    var environment = program.environment
    environment["HOME"] = home
    let text = Shell.run(
      "mkdir -p \(home); chmod 777 \(home) \(folder.path); "
        + "\(user)\(Program.path) --db \(path) \(line) 2>\(home)/err; echo $? >\(home)/status",
      environment)
    _ = Shell.run("chmod u+w \(folder.file("shop")) \(path)")
    return (text, folder.read("home/err"), folder.read("home/status"))
  }

  private var note: String {
    "note: the folder \(folder.file("shop")) is not writable: the database is read as it is now; "
      + "changes made meanwhile are not seen\n"
  }

  @Test(arguments: [
    ("--read-only -e 'print(carts{status=\"any\"}:count())'", "1"),
    ("-e 'print(cart(\"cart1001\").id)'", "cart1001"),
    ("check", "clean: 1 carts, 2 events, 1 commits"),
  ])
  func itIsRead(line: String, text: String) {
    prepare()
    let result = read(line)
    #expect(result.text == text && result.status == "0\n")
    #expect(result.messages == note)
    #expect(Files.list(folder.file("shop")) == ["cartio.db"])
  }

  @Test(arguments: ["report overview", "export carts", "-e '.carts status=any'"])
  func commandsThatReadWork(line: String) {
    prepare()
    let result = read(line)
    #expect(!result.text.isEmpty && result.status == "0\n" && result.messages.hasPrefix(note))
  }

  @Test func aChangeIsRefusedWithItsCause() {
    prepare()
    let result = read("-e '.add cart1001 S 1'")
    #expect(result.status == "1\n")
    #expect(
      result.messages
        == note
        + "error: database: cannot write \(path): no write permission on the file; nothing was changed\n"
    )
  }

  /// A process that was killed has left changes in the log.
  @Test func changesInALogThatCannotBeReadAreNamed() {
    prepare()
    let console = program.converse(["--db", path])
    console.type(".add cart1001 S 1\nprint('saved')\n")
    #expect(console.read(until: "saved") != nil)
    console.kill()
    _ = console.finish()
    // Its index is there: SQLite reads the log with it.
    let withIndex = read("-e 'print(cart(\"cart1001\").quantity)'")
    #expect(withIndex.text == "1", "\(withIndex.messages)")
    unlink(path + "-shm")
    let result = read("-e 'print(cart(\"cart1001\").quantity)'")
    #expect(result.text == "" && result.status == "1\n")
    #expect(
      result.messages
        == "error: database: changes of \(path) are in \(path)-wal, which cannot be read, as the folder "
        + "\(folder.file("shop")) is not writable. Copy both files to a folder of your own, and open "
        + "the copy with --db\n")
  }

  @Test func whatMayNotBeReadSaysSo() {
    prepare()
    _ = Shell.run("chmod 0 \(path)")
    defer { _ = Shell.run("chmod 600 \(path)") }
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    _ = Shell.run("chmod 755 \(folder.path) \(folder.file("shop"))")
    let said = Shell.run(
      "\(user)\(Program.path) --db \(path) -e 'return 1' 2>&1", program.environment)
    #expect(
      said == "error: database: cannot read \(path): no read permission on the file")
  }
}
