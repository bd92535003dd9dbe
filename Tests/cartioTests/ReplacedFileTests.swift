import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Databases that are moved, replaced, cut short or removed while a console has them open.
@Suite(.serialized)
struct ReplacedFileTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }
  var path: String { folder.file("cartio.db") }

  /// A database of `count` carts.
  private func make(_ name: String, carts count: Int) {
    var lines = ""
    for cart in 1...count {
      lines += """
        {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S","name":"Ware","price":"2.50","currency":"EUR"}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart\(1000 + cart)"}

        """
    }
    #expect(program.run("import", "-", "--db", folder.file(name), input: lines).status == 0)
  }

  private func content(_ name: String) -> String {
    program.run(
      "--db", folder.file(name), "-e",
      "print(carts{status='any'}:count() .. ' ' .. cart('cart1001').quantity)"
    ).output
  }

  private func move(_ from: String, _ to: String) {
    #expect(rename(folder.file(from), folder.file(to)) == 0)
  }

  private func copy(_ from: String, over to: String) {
    _ = Shell.run("cat \(folder.file(from)) > \(folder.file(to))")
  }

  /// Opens a console, saves one edit, does something to the file, and tries another.
  ///
  /// - Returns: the message.
  private func disturb(_ body: () -> Void) -> String {
    let console = program.converse(["--keep-going"], messages: folder.file("err"))
    console.type(".add cart1001 S 1\nprint('saved')\n")
    #expect(console.read(until: "saved") != nil)
    body()
    console.type(".add cart1001 S 1\nprint('tried')\n.cart cart1001\nprint('looked')\n")
    let tried = console.read(until: "tried") ?? "total"
    let looked = console.read(until: "looked") ?? "total"
    #expect(!tried.contains("total") && !looked.contains("total"))
    #expect(console.finish() == 1)
    let errors = folder.read("err").split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(errors.count == 2 && Set(errors).count == 1)
    return errors.first.map { String($0.dropFirst("error: database: \(path) ".count)) } ?? ""
  }

  private func expectWhole(_ name: String, _ content: String) {
    #expect(self.content(name) == content + "\n")
    let check = program.run("check", "--db", folder.file(name))
    #expect(check.status == 0, "\(check.output)\(check.messages)")
    #expect(!Files.exists(folder.file(name) + "-wal"))
  }

  @Test func anotherFileInItsPlaceStaysAsItIs() {
    make("cartio.db", carts: 2)
    make("other.db", carts: 3)
    let message = disturb {
      move("cartio.db", "old.db")
      move("other.db", "cartio.db")
    }
    #expect(
      message
        == "was replaced by another file while it was open. This was not saved. Earlier changes are "
        + "in \(folder.file("old.db")). Leave, and start again to use the file that is there now.")
    expectWhole("cartio.db", "3 0")
    expectWhole("old.db", "2 1")
  }

  @Test func aFileRenamedOverItIsNoticed() {
    make("cartio.db", carts: 2)
    make("other.db", carts: 3)
    let message = disturb { move("other.db", "cartio.db") }
    #expect(
      message
        == "was replaced by another file while it was open. This was not saved. Earlier changes are "
        + "lost, unless there is a copy of the old file. Leave, and start again to use the file "
        + "that is there now.")
    expectWhole("cartio.db", "3 0")
  }

  @Test func aMovedDatabaseKeepsWhatWasSaved() {
    make("cartio.db", carts: 2)
    let message = disturb { move("cartio.db", "moved.db") }
    #expect(
      message
        == "was moved or removed while it was open. This was not saved. Earlier changes are in "
        + "\(folder.file("moved.db")). Leave, put the file back, and start again.")
    expectWhole("moved.db", "2 1")
    #expect(!Files.exists(path) && !Files.exists(path + "-wal"))
  }

  @Test func aRemovedDatabaseIsNoticed() {
    make("cartio.db", carts: 2)
    #expect(disturb { unlink(path) }.hasPrefix("was moved or removed while it was open."))
    #expect(!Files.exists(path) && !Files.exists(path + "-wal"))
  }

  @Test(arguments: ["backup", "copy", "other", "nothing", "half"])
  func contentWrittenOverItStaysAsItIs(kind: String) {
    make("cartio.db", carts: 2)
    make("other.db", carts: 3)
    let backup = folder.file("backup.db")
    #expect(program.run("backup", backup).status == 0)
    copy("cartio.db", over: "copy.db")
    // A copy that is older than what the main file held when the console began.
    #expect(program.run("-e", ".add cart1001 S 4").status == 0)
    let message = disturb {
      switch kind {
      case "nothing": truncate(path, 0)
      case "half": truncate(path, 40_960)
      default: copy("\(kind).db", over: "cartio.db")
      }
    }
    #expect(
      message
        == "was overwritten or cut short while it was open. This was not saved. Earlier changes may "
        + "be lost. Leave, and put a backup in place: cartio restore BACKUP")
    switch kind {
    case "other": expectWhole("cartio.db", "3 0")
    case "backup", "copy": expectWhole("cartio.db", "2 0")
    default: break
    }
  }

  @Test func aRemovedLogIsWrittenToTheFile() {
    make("cartio.db", carts: 2)
    let message = disturb { unlink(path + "-wal") }
    #expect(
      message
        == "lost its log \(path)-wal while it was open. This was not saved. Earlier changes are "
        + "written to it when this program ends. Leave, start again, and run 'cartio check'.")
    expectWhole("cartio.db", "2 1")
  }

  /// Checkpoints and closes of others write to the main file too.
  @Test func checkpointsOfOthersAreNoReplacement() {
    make("cartio.db", carts: 2)
    let console = program.converse([], messages: folder.file("err"))
    for round in 1...3 {
      console.type(".add cart1001 S 1\nprint('saved')\n")
      #expect(console.read(until: "saved")?.contains("total") == true)
      _ = Shell.run("sqlite3 \(path) 'PRAGMA wal_checkpoint'")
      #expect(
        program.run("-e", ".add cart1002 S 1").status == 0, "round \(round)")
    }
    #expect(console.finish() == 0)
    #expect(folder.read("err").contains("error") == false, "\(folder.read("err"))")
    expectWhole("cartio.db", "2 3")
  }

  // MARK: After a crash

  /// Leaves a log with one more edit beside a database of two carts.
  private func crash() {
    make("cartio.db", carts: 2)
    #expect(program.run("backup", folder.file("backup.db")).status == 0)
    copy("cartio.db", over: "copy.db")
    let console = program.converse([])
    console.type(".add cart1001 S 1\nprint('saved')\n")
    #expect(console.read(until: "saved") != nil)
    console.kill()
    #expect(console.finish() == 128 + SIGKILL)
    #expect(Files.exists(path + "-wal"))
  }

  @Test func whatWasSavedBeforeACrashIsThere() {
    crash()
    expectWhole("cartio.db", "2 1")
  }

  /// Permissions, owner, links and times say nothing of the content.
  @Test(arguments: ["chmod 600", "touch", "chown $(id -u)", "touch -d 2030-01-01", "ln"])
  func whatIsNoContentDoesNotCount(command: String) {
    crash()
    _ = Shell.run("\(command) \(path)" + (command == "ln" ? " \(path).second" : ""))
    let first = program.run("-e", "print(cart('cart1001').quantity)")
    #expect(first.output == "1\n" && first.messages == "", "\(first)")
    expectWhole("cartio.db", "2 1")
  }

  /// Also where the log began anew in the middle of a session.
  @Test func alsoAfterACheckpoint() {
    make("cartio.db", carts: 2)
    let console = program.converse([])
    for round in 1...3 {
      console.type(".add cart1001 S 1\nprint('saved')\n")
      #expect(console.read(until: "saved") != nil)
      copy("cartio.db", over: "copy.db")
      if round < 3 { _ = Shell.run("sqlite3 \(path) 'PRAGMA wal_checkpoint'") }
    }
    console.kill()
    #expect(console.finish() == 128 + SIGKILL)
    _ = Shell.run("touch \(path)")
    #expect(program.run("-e", "print(cart('cart1001').quantity)").output == "3\n")
    expectWhole("cartio.db", "2 3")
  }

  @Test(arguments: ["copied", "renamed"])
  func aBackupPutInPlaceAfterACrashIsNotUndone(how: String) {
    crash()
    if how == "copied" {
      copy("backup.db", over: "cartio.db")
    } else {
      move("backup.db", "cartio.db")
    }
    let first = program.run("-e", "print(cart('cart1001').quantity)")
    #expect(first.output == "0\n")
    #expect(
      first.messages
        == "note: \(path) was replaced; changes made to the file before it are kept in "
        + "\(path)-wal.old, and are not part of it\n")
    expectWhole("cartio.db", "2 0")
  }

  @Test(arguments: ["copied", "renamed", "another"])
  func aFileThatMayNotFitItsLogIsRefused(how: String) {
    crash()
    make("another.db", carts: 3)
    switch how {
    case "copied": copy("copy.db", over: "cartio.db")
    case "renamed": move("copy.db", "cartio.db")
    default: move("another.db", "cartio.db")
    }
    for arguments in [["-e", "return 1"], ["check"], ["-e", ".add cart1001 S 1"]] {
      let refused = program.run(arguments: arguments)
      #expect(refused.status == 1 && refused.output == "")
      #expect(
        refused.messages
          == "error: database: \(path) is newer than the changes in \(path)-wal, and holds none of "
          + "them. Was the file copied here after a crash, or only its permissions changed? To keep the "
          + "changes: touch \(path)-wal. Was it replaced by another file? To use it as it is: mv "
          + "\(path)-wal \(path)-wal.old; rm -f \(path)-shm\n")
    }
    move("cartio.db-wal", "cartio.db-wal.old")
    unlink(path + "-shm")
    expectWhole("cartio.db", how == "another" ? "3 0" : "2 0")
  }

  @Test(arguments: ["chmod 600 DB", "touch DB", "ln DB DB.2", "mv DB DB.2; mv DB.2 DB"])
  func aChangeOfPermissionsTimesOrLinksLosesNothing(line: String) {
    make("cartio.db", carts: 2)
    let console = program.converse([])
    console.type(".add cart1001 S 1\nprint('saved')\n")
    #expect(console.read(until: "saved") != nil)
    _ = Shell.run(line.replacing("DB", with: path))
    #expect(content("cartio.db") == "2 1\n", "as another process reads it")
    console.type(".add cart1001 S 1\nprint('again')\n")
    #expect(console.read(until: "again") != nil)
    _ = Shell.run(line.replacing("DB", with: path).replacing("ln ", with: "ln -f "))
    #expect(console.finish() == 0)
    #expect(!Files.exists(path + "-wal.old"))
    expectWhole("cartio.db", "2 2")
  }

  @Test func aLogWhoseFileIsGoneIsKept() {
    crash()
    move("cartio.db", "moved.db")
    #expect(program.run("-e", "return 1").status == 0)
    #expect(Files.exists(path + "-wal.old") && !Files.exists(path + "-wal"))
  }

  /// The old console still has the log open, which is empty or not.
  @Test(arguments: [true, false])
  func aNewProcessDoesNotUseTheLogOfAMovedFile(hasEdit: Bool) {
    make("cartio.db", carts: 2)
    make("other.db", carts: 3)
    let console = program.converse(["--keep-going"])
    console.type((hasEdit ? ".add cart1001 S 1\n" : "") + "print('ready')\n")
    #expect(console.read(until: "ready") != nil)
    move("cartio.db", "old.db")
    move("other.db", "cartio.db")
    let second = program.converse([])
    second.type(".add cart1003 S 5\nprint('saved')\n")
    #expect(second.read(until: "saved")?.contains("total") == true)
    console.type(".add cart1001 S 1\nprint('tried')\n")
    #expect(console.read(until: "tried")?.contains("total") == false)
    #expect(console.finish() == 1)
    second.type(".add cart1003 S 1\nprint('saved')\n")
    #expect(second.read(until: "saved")?.contains("total") == true)
    #expect(second.finish() == 0)
    expectWhole("cartio.db", "3 0")
    #expect(
      program.run("-e", "print(cart('cart1003').quantity)").output == "6\n")
    expectWhole("old.db", hasEdit ? "2 1" : "2 0")
  }
}
