import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Glibc
import Testing

/// A file system of one mebibyte or so; nil where this user may not mount one.
private final class SmallDisk: @unchecked Sendable {
  let path: String
  private let folder = TemporaryFolder()

  init?(kilobytes: Int) {
    path = folder.file("disk")
    guard (try? Files.makeFolder(path)) != nil,
      Shell.run("mount -t tmpfs -o size=\(kilobytes)k tmpfs \(path) 2>&1 && echo ok") == "ok"
    else { return nil }
  }

  /// Whether tests here may mount a file system.
  static let isAllowed = geteuid() == 0 && SmallDisk(kilobytes: 64) != nil

  /// - Parameter kilobytes: how much stays free.
  func fill(leaving kilobytes: Int = 0) {
    _ = Shell.run("dd if=/dev/zero of=\(path)/ballast bs=4k 2>/dev/null")
    if kilobytes > 0 { _ = Shell.run("truncate -s -\(kilobytes)K \(path)/ballast") }
  }
  func makeRoom() { unlink(path + "/ballast") }

  deinit { _ = Shell.run("umount -l \(path)") }
}

/// A disk that is really full: what was there stays, and the message says so.
@Suite(
  .serialized, .enabled(if: SmallDisk.isAllowed, "mounting a small file system needs root"))
struct FullDiskTests {
  private let disk: SmallDisk
  private let folder = TemporaryFolder()
  private var program: Program
  private let events: String

  init() throws {
    disk = try #require(SmallDisk(kilobytes: 8192))
    program = Program(folder)
    program.environment["CARTIO_HOME"] = disk.path
    let made = program.run("practice", "--carts", "40", "--db", disk.path + "/cartio.db")
    try #require(made.status == 0)
    events = program.run("export", "events").output
  }

  @Test(arguments: [
    ["export", "events", "-o"], ["report", "overview", "--format", "html", "-o"],
    ["run", "--plan", "SCRIPT", "-o"],
  ])
  func aFileOfBeforeStays(command: [String]) {
    let script = folder.write(
      "s.lua", "for c in carts{} do c:add('MUG-01', 1) end")
    let path = disk.path + "/file"
    _ = Shell.run("echo old > \(path)")
    // The database is elsewhere: a full disk is the file's own matter.
    let database = folder.file("cartio.db")
    _ = Shell.run("cp \(disk.path)/cartio.db \(database)")
    disk.fill()
    let result = program.run(
      arguments: command.map { $0 == "SCRIPT" ? script : $0 } + [path, "--db", database])
    #expect(result.status == 1, "\(result)")
    #expect(
      result.messages.hasSuffix(
        "error: file \(path): cannot write it: No space left on device\n"), "\(result)")
    #expect((try? Files.text(path)) == "old\n")
    #expect(Files.list(disk.path).filter { $0.contains("partial") } == [])
  }

  @Test func nothingOfAChangeIsSaved() {
    disk.fill()
    let script = folder.write(
      "s.lua", "for c in carts{} do c:add('MUG-01', 1) c:set_address{city='Köln'} end")
    let result = program.run("run", script, "--yes")
    #expect(
      result.status == 1
        && result.messages.hasSuffix(
          "error: database: the disk is full; nothing of this was saved\n"),
      "\(result)")
    let backup = program.run("backup", disk.path + "/b.db")
    #expect(backup.status == 1 && backup.messages.contains("disk is full"), "\(backup)")
    #expect(!Files.exists(disk.path + "/b.db"))
    disk.makeRoom()
    #expect(program.run("export", "events").output == events)
    #expect(program.run("check").status == 0)
    #expect(program.run("run", script, "--yes").status == 0)
    #expect(program.run("check").status == 0)
  }

  /// Reading needs room for the index beside the log.
  @Test func readingSaysWhatIsMissing() {
    disk.fill()
    let result = program.run("-e", "print(carts{status='any'}:count())")
    #expect(
      result.output == "40\n"
        || result.messages == "error: database: the disk is full; nothing of this was saved\n",
      "\(result)")
    disk.makeRoom()
    #expect(program.run("check").status == 0)
  }

  @Test func anImportSaysHowFarItCame() {
    let lines = (0..<20_000).map {
      #"{"type":"cart.created","at":"2026-11-20T01:00:00Z","cart":"x\#($0)","currency":"EUR"}"#
    }
    let file = folder.write("big.jsonl", lines.joined(separator: "\n"))
    disk.fill(leaving: 2048)
    let result = program.run("import", file)
    #expect(result.status == 3 || result.status == 1, "\(result)")
    #expect(result.messages.contains("the disk is full"), "\(result)")
    disk.makeRoom()
    #expect(program.run("check").status == 0)
  }
}
