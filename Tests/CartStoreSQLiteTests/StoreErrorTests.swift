import CartStorage
import CartSupport
import CartTesting
import GRDB
import GRDBSQLite
import Glibc
import ProgramTesting
import Testing

@testable import CartStoreSQLite

/// What errors of SQLite and of the system become: a cause, and what to do.
struct StoreErrorTests {
  private let folder = TemporaryFolder()

  @Test(
    "Each result of SQLite has a code and words of its own",
    arguments: [
      (SQLITE_BUSY, StoreError.Code.busy, "another process has been writing for more than 5 s"),
      (SQLITE_BUSY | 2 << 8, .busy, "try again"),
      (SQLITE_LOCKED, .busy, "try again"),
      (SQLITE_FULL, .full, "the disk is full; nothing of this was saved"),
      (SQLITE_PERM, .permission, "no permission to open"),
      (SQLITE_CORRUPT, .unsound, "words"),
      (SQLITE_CORRUPT | 3 << 8, .unsound, "words"),
      (SQLITE_NOTADB, .notADatabase, "is not a Cartio database"),
      (SQLITE_INTERRUPT, .interrupted, "interrupted"),
      (SQLITE_NOMEM, .other, "database: not enough memory"),
      (SQLITE_CONSTRAINT, .other, "database: words"),
      (SQLITE_IOERR | 1 << 8, .io, "cannot read"),
      (SQLITE_IOERR | 33 << 8, .io, "cannot read"),
      (SQLITE_IOERR | 3 << 8, .io, "cannot write"),
      (SQLITE_IOERR | 15 << 8, .io, "cannot lock"),
    ])
  func results(code: Int32, expected: StoreError.Code, words: String) {
    let error = StoreError(sqlite: code, "words", path: folder.file("s.db"))
    #expect(error.code == expected)
    #expect(error.message.contains(words), "\(error)")
    #expect("\(error)" == error.message)
    #expect(
      error.message.hasPrefix("database: ") || ["words", "interrupted"].contains(error.message))
  }

  @Test(
    "What the system says counts for more than what SQLite makes of it",
    arguments: [
      (ENOSPC, StoreError.Code.full, "the disk is full"), (EDQUOT, .full, "the disk quota"),
      (EMFILE, .other, "ulimit -n"), (ENFILE, .other, "no file descriptor is free"),
      (EROFS, .readOnly, "is on a read-only file system"),
    ])
  func system(code: Int32, expected: StoreError.Code, words: String) {
    let error = StoreError(sqlite: SQLITE_IOERR | 3 << 8, "words", path: "/p/s.db", system: code)
    #expect(error.code == expected)
    #expect(error.message.contains(words), "\(error)")
    #expect(StoreError(system: ENOENT, path: "/p/s.db") == nil)
    #expect(StoreError(system: 0, path: "/p/s.db") == nil)
  }

  @Test("A place that cannot be opened is explained")
  func places() throws {
    let missing = StoreError.cannotOpen(folder.file("no/such/s.db"))
    #expect(missing.code == .missing)
    #expect(missing.message.hasSuffix("expected a file, or a folder to make it in"))
    let itself = StoreError.cannotOpen(folder.path)
    #expect(itself == StoreError(.missing, "database: cannot open \(folder.path): it is a folder"))
    #expect(FileAccess.folder("/a/b.db") == "/a")
    #expect(FileAccess.folder("/b.db") == "/")
    #expect(FileAccess.folder("b.db") == ".")
    #expect(FileAccess.isFolder(folder.path))
    #expect(!FileAccess.isFolder(folder.file("none")))
    #expect(FileAccess.isFull(folder.path) == false)
  }

  @Test("Errors of other kinds keep their words")
  func others() {
    struct Odd: Error, CustomStringConvertible { var description: String { "odd" } }
    let known = StoreError(.conflict, "known")
    #expect(StoreError(known, path: "p") == known)
    #expect(StoreError(Odd(), path: "p") == StoreError(.other, "database: odd"))
    let wrong = DatabaseError(resultCode: .SQLITE_FULL, message: "full")
    #expect(StoreError(wrong, path: "p").code == .full)
  }

  @Test("A damaged page is damage, named with the file and what to do")
  func damagedPages() throws {
    let bare = try BareStore()
    try bare.append((0..<3000).map { .couponApplied("coupon \($0)", at: nil) })
    let copy = bare.folder.file("copy.db")
    _ = try bare.store.backup(to: copy)
    var bytes = try Files.read(copy, limit: 1 << 26)
    #expect(bytes.count > 100_000)
    for index in 40_000..<bytes.count - 8192 { bytes[index] = 0xa5 }
    let descriptor = open(copy, O_WRONLY)
    #expect(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
    close(descriptor)
    do throws(StoreError) {
      let store = try SQLiteStorage.open(.file(copy, readOnly: true), random: { 1 })
      do { try store.forEachEvent { _ in } } catch let error as StoreError { throw error } catch {
        Issue.record("\(error)")
      }
      Issue.record("the damage was not noticed")
    } catch {
      #expect(error.code == .corrupt)
      #expect(error.message.hasPrefix("database: \(copy) is damaged ("), "\(error)")
      #expect(error.message.hasSuffix("; put a backup in its place: cartio restore BACKUP"))
    }
    #expect(DamageCheck.verdict(on: copy).code == .corrupt)
    // A file that is sound is not called damaged, whatever SQLite said of it.
    #expect(DamageCheck.verdict(on: bare.folder.file("s.db")).code == .io)
    #expect(DamageCheck.verdict(on: bare.folder.file("none.db")).code == .io)
  }

  // MARK: The main file by itself

  @Test("A path of any letters is a URI that leads to it")
  func paths() throws {
    for name in ["plain.db", "with space.db", "ünïcode.db", "per%cent?.db", "a#b&c=d.db"] {
      let path = folder.file(name)
      let store = try SQLiteStorage.open(.file(path), random: { 1 })
      _ = try store.write(recorded: TestShop.start) { try $0.set("name", name) }
      store.close()
      let main = try #require(MainFile(path), "\(name)")
      #expect(main.isWhole)
      #expect(main.isLogged)
      #expect(try SQLiteStorage.open(.copy(of: path), random: { 1 }).meta("name") == name)
    }
    #expect(MainFile.uri("/a b") == "file:/a%20b?immutable=1")
    #expect(MainFile.uri("\n") == "file:%0A?immutable=1")
  }

  @Test("The main file tells its last commit, its size and whether it is whole")
  func mainFile() throws {
    let bare = try BareStore()
    try bare.append([.couponApplied("x", at: nil)])
    try bare.store.checkpoint()
    let path = bare.folder.file("s.db")
    let main = try #require(MainFile(path))
    let hash = try bare.store.read { statements in
      let row = try statements("SELECT hash FROM commits WHERE id = 1")
      defer { row.reset() }
      #expect(try row.step())
      return [UInt8](row.bytes(0))
    }
    #expect(main.lastCommit == .init(id: 1, hash: hash))
    #expect(main.size == FileStamp(path)?.size)
    #expect(try main.bytes(at: 0, 15) == Array("SQLite format 3".utf8))
    #expect(try main.bytes(at: main.size + 10, 4) == [0, 0, 0, 0])
    let short = bare.folder.file("short.db")
    _ = try bare.store.backup(to: short)
    #expect(truncate(short, Int(main.size) - 4096) == 0)
    #expect(MainFile(short)?.isWhole == false)
    #expect(MainFile(bare.folder.file("none")) == nil)
  }

  @Test("A stamp tells one file from another, and where an open one is")
  func stamps() throws {
    let (one, two) = (folder.write("one", "1"), folder.write("two", "22"))
    let stamp = try #require(FileStamp(one))
    #expect(stamp.size == 1)
    #expect(stamp.isSameFile(as: try #require(FileStamp(one))))
    #expect(!stamp.isSameFile(as: try #require(FileStamp(two))))
    #expect(FileStamp(folder.file("none")) == nil)
    let descriptor = open(one, O_RDONLY)
    defer { close(descriptor) }
    #expect(rename(one, folder.file("moved")) == 0)
    #expect(stamp.openPath?.hasSuffix("/moved") == true)
    #expect(unlink(folder.file("moved")) == 0)
    #expect(stamp.openPath == nil)
  }
}
