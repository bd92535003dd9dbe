import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// `cartio restore`.
@Suite(.serialized)
struct RestoreTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }
  var path: String { folder.file("cartio.db") }
  var backup: String { folder.file("backup.db") }

  /// A database whose cart holds two pieces, and a backup from when it held one.
  private func prepare() {
    let lines = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S","name":"Ware","price":"2.50","currency":"EUR"}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1001"}

      """
    #expect(program.run("import", "-", input: lines).status == 0)
    #expect(program.run("-e", ".add cart1001 S 1").status == 0)
    #expect(program.run("backup", backup).status == 0)
    #expect(program.run("-e", ".add cart1001 S 1").status == 0)
  }

  private func pieces(_ path: String? = nil) -> String {
    program.run(
      "--db", path ?? self.path, "-e", "print(cart('cart1001').quantity)"
    ).output
  }

  private func sound(_ path: String? = nil) -> Bool {
    program.run("check", "--db", path ?? self.path).status == 0
  }

  private var kept: [String] {
    Files.list(folder.file("backups")).filter { $0.hasSuffix(".db") }.map {
      folder.file("backups/" + $0)
    }
  }

  @Test func theBackupIsInPlaceAndWhatWasThereIsKept() throws {
    prepare()
    let before = folder.bytes("backup.db")
    let result = program.run("restore", backup, "--yes")
    #expect(result.status == 0)
    let old = try #require(kept.first)
    let said = result.messages.replacing(/for \d+ ms/, with: "for N ms")
    #expect(
      said == """
        restored \(backup) to \(path): 1 cart, 4 events before, 1 cart, 3 events now; others could not \
        write for N ms
        what was there is in \(old); go back with: cartio restore \(old)

        """)
    #expect(pieces() == "1\n" && sound() && pieces(old) == "2\n" && sound(old))
    #expect(folder.bytes("backup.db") == before)
    #expect(!Files.exists(path + "-wal") && !Files.exists(backup + "-wal"))
    #expect(program.run("restore", old, "--yes").status == 0)
    #expect(pieces() == "2\n" && kept.count == 2)
  }

  @Test func itAsks() {
    prepare()
    let refused = program.run("restore", backup)
    #expect(refused.status == 1)
    #expect(
      refused.messages
        == "error: replace \(path) (1 cart, 4 events) by \(backup) (1 cart, 3 events): nobody confirmed "
        + "it; nothing was changed; run it with --yes\n")
    for (answer, pieces) in [("n", "2\n"), ("y", "1\n")] {
      let terminal = program.terminal(["restore", backup], columns: 300)
      #expect(
        terminal.read(
          until: "Replace \(path) (1 cart, 4 events) by \(backup) (1 cart, 3 events).\r\n") != nil)
      #expect(terminal.read(until: "Continue? [y/N] ") != nil)
      terminal.type(answer + "\n")
      #expect(terminal.finish() == (answer == "y" ? 0 : 1))
      #expect(self.pieces() == pieces)
    }
  }

  @Test func anOpenConsoleReadsEverythingAgain() {
    prepare()
    let console = program.converse(["--keep-going"], messages: folder.file("err"))
    console.type("x = 1\n.cart cart1001\nprint('shown')\n")
    #expect(console.read(until: "shown") != nil)
    #expect(program.run("restore", backup, "--yes").status == 0)
    console.type(".add cart1001 S 5\nprint('tried', pcall(function() return x end))\n")
    #expect(console.read(until: "tried\tfalse")?.contains("total") == false)
    console.type(".add cart1001 S 1\n")
    #expect(console.read(until: "total") != nil)
    #expect(console.finish() == 0)
    #expect(
      folder.read("err").contains(
        """
        error: database: \(path) was restored from a backup while it was open. This was not done. Look \
        at it as it is now, and try again.
        Everything is read again. Variables, @, #N and unsaved changes of before are gone.
        """), "\(folder.read("err"))")
    #expect(pieces() == "2\n" && sound())
  }

  @Test func aConsoleAtATerminalReadsEverythingAgain() {
    prepare()
    let console = program.terminal([], columns: 200)
    #expect(console.read(until: "> ") != nil)
    #expect(program.run("restore", backup, "--yes").status == 0)
    console.typeToEditor(".add cart1001 S 5\n")
    #expect(console.read(until: "Everything is read again.") != nil)
    console.typeToEditor(".add cart1001 S 1\n")
    #expect(console.read(until: "total 5.00 EUR") != nil)
    #expect(console.press("\u{4}", until: nil))
    #expect(console.finish() == 0)
    #expect(pieces() == "2\n" && sound())
  }

  /// A script that is under way does not go on over other carts.
  @Test func aScriptUnderWayEnds() {
    prepare()
    let script = folder.write(
      "script.lua",
      """
      for i = 1, 1e9 do
        cart('cart1001'):add('S', 1)
        if i == 1 then print('begun') end
      end
      """)
    let run = program.converse(["run", script, "--yes"], messages: folder.file("err"))
    #expect(run.read(until: "begun") != nil)
    #expect(program.run("restore", backup, "--yes").status == 0)
    #expect([1, 3].contains(run.finish()))
    #expect(folder.read("err").contains("was restored from a backup"), "\(folder.read("err"))")
    #expect(pieces() == "1\n" && sound())
  }

  @Test func anOlderSchemaIsBroughtToThisOneInACopy() {
    prepare()
    _ = Shell.run(
      """
      sqlite3 \(backup) "DELETE FROM grdb_migrations WHERE identifier = '7 tallies'; DROP TABLE tally; \
      PRAGMA user_version = 6"
      """)
    let before = folder.bytes("backup.db")
    let result = program.run("restore", backup, "--yes")
    #expect(result.status == 0, "\(result.messages)")
    #expect(pieces() == "1\n" && sound() && folder.bytes("backup.db") == before)
  }

  @Test func aBackupOfOtherPagesIsRefused() {
    prepare()
    _ = Shell.run("sqlite3 \(backup) 'PRAGMA page_size = 8192; VACUUM'")
    let result = program.run("restore", backup, "--yes")
    #expect(result.status == 1)
    #expect(
      result.messages
        == "error: database: \(path) has pages of 4096 bytes, the backup of 8192; nothing was changed\n"
    )
    #expect(pieces() == "2\n" && kept.isEmpty)
  }

  @Test func whatIsNoBackupIsRefused() {
    prepare()
    func refusal(_ file: String) -> String {
      let result = program.run("restore", file, "--yes")
      #expect(result.status == 1 && pieces() == "2\n" && kept.isEmpty)
      return result.messages
    }
    let text = folder.write("text.db", String(repeating: "no database\n", count: 1000))
    #expect(refusal(text) == "error: backup \(text) is not a Cartio database\n")
    let empty = folder.write("empty.db", "")
    #expect(refusal(empty) == "error: backup \(empty) is not a Cartio database\n")
    let other = folder.file("other.db")
    _ = Shell.run("sqlite3 \(other) 'CREATE TABLE x(y)'")
    #expect(refusal(other) == "error: backup \(other) is a database of another program\n")
    let missing = folder.file("missing.db")
    #expect(
      refusal(missing) == "error: file \(missing): cannot read it: No such file or directory\n")
    _ = Shell.run("sqlite3 \(backup) 'PRAGMA user_version = 99'")
    #expect(
      refusal(backup).hasPrefix("error: backup \(backup) was written by a newer Cartio (schema 99"))
    _ = Shell.run("sqlite3 \(backup) 'PRAGMA user_version = 7; UPDATE cart SET quantity = 9'")
    #expect(refusal(backup).hasPrefix("error: backup \(backup): is not sound: "))
    _ = Shell.run("dd if=/dev/urandom of=\(backup) bs=4096 seek=2 count=9 conv=notrunc 2>/dev/null")
    #expect(refusal(backup) == "error: backup \(backup): is damaged; nothing was changed\n")
    let itself = program.run("restore", path, "--yes")
    #expect(itself.status == 64)
    #expect(
      itself.messages.hasPrefix(
        "error: restore: \(path) is the database itself; name a backup of it"))
  }

  @Test func aPracticeStoreIsNamedAsOne() {
    prepare()
    #expect(program.run("practice", "--carts", "3").status == 0)
    let result = program.run("restore", folder.file("practice.db"), "--yes")
    #expect(result.status == 0)
    #expect(
      result.messages.hasPrefix(
        "note: \(folder.file("practice.db")) is a practice store; \(path) is not\n"))
  }

  @Test func aDamagedDatabaseIsKeptAsItIs() throws {
    prepare()
    _ = Shell.run("dd if=/dev/urandom of=\(path) bs=4096 seek=1 count=30 conv=notrunc 2>/dev/null")
    let damaged = folder.bytes("cartio.db")
    let result = program.run("restore", backup, "--yes")
    #expect(result.status == 0, "\(result.messages)")
    #expect(pieces() == "1\n" && sound())
    let old = try #require(kept.first)
    #expect(folder.bytes("backups/" + Files.name(old)) == damaged)
  }

  @Test func whereThereIsNoDatabaseItIsMade() {
    prepare()
    unlink(path)
    let result = program.run("restore", backup, "--yes")
    #expect(result.status == 0)
    #expect(
      result.messages
        == "restored \(backup) to \(path): cannot be read before, 1 cart, 3 events now\n")
    #expect(pieces() == "1\n" && sound() && kept.isEmpty)
  }

  /// Another process writes for longer than five seconds.
  @Test func itWaitsForOthersOrSaysSo() {
    prepare()
    let other = Shell.run(
      """
      (echo 'BEGIN IMMEDIATE;'; echo '.print locked'; sleep 9) | sqlite3 \(path) >\(folder.file("lock")) &
      while ! grep -q locked \(folder.file("lock")); do sleep 0.05; done
      \(Program.path) restore \(backup) --yes 2>&1; echo $?
      """, program.environment)
    #expect(
      other
        == "error: database: another process has been writing for more than 5 s; try again\n1")
    #expect(pieces() == "2\n" && kept.isEmpty)
  }

  @Test func aKilledRestoreLeavesTheOldOrTheNew() {
    prepare()
    var random = SeededRandom(seed: 5)
    for round in 0..<25 {
      let restore = program.converse(["restore", backup, "--yes"])
      usleep(UInt32(random.pick(0...120_000)))
      restore.kill()
      _ = restore.finish()
      let found = pieces()
      #expect(["1\n", "2\n"].contains(found) && sound(), "round \(round)")
      if found == "1\n" { #expect(program.run("-e", ".add cart1001 S 1").status == 0) }
    }
  }
}
