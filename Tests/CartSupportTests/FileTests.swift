import Glibc
import ProgramTesting
import Testing

@testable import CartSupport

/// Files are replaced as a whole, and only files are read.
struct FileTests {
  private let folder = TemporaryFolder()

  private func names() -> [String] {
    guard let directory = opendir(folder.path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func aReaderSeesTheOldFileUntilTheNewOneIsWhole() throws {
    let path = folder.write("a.csv", "old")
    let file = try OutputFile(path)
    try file.write(String(repeating: "new\n", count: 100_000))
    #expect(folder.read("a.csv") == "old")
    try file.commit()
    #expect(folder.bytes("a.csv").count == 400_000)
    #expect(names() == ["a.csv"])
  }

  @Test func whatIsNotCommittedLeavesTheOldFile() throws {
    let path = folder.write("a.csv", "old")
    do {
      let file = try OutputFile(path)
      try file.write("new")
    }
    #expect(folder.read("a.csv") == "old")
    #expect(names() == ["a.csv"])
  }

  /// A disk that is full at each of the writes in turn.
  @Test(arguments: 0..<8)
  func aFailedWriteLeavesTheOldFile(turn: Int) throws {
    let path = folder.write("a.csv", "old")
    var writes = 0
    let error = #expect(throws: SupportError.self) {
      let file = try OutputFile(path) { descriptor, bytes in
        defer { writes += 1 }
        guard writes < turn else {
          errno = ENOSPC
          return -1
        }
        // A short write is no error.
        return write(descriptor, bytes.baseAddress, min(bytes.count, 30_000))
      }
      for _ in 0..<8 { try file.write(String(repeating: "x", count: 65_536)) }
      try file.commit()
    }
    #expect(error?.message == "file \(path): cannot write it: No space left on device")
    #expect(folder.read("a.csv") == "old")
    #expect(names() == ["a.csv"])
  }

  @Test func aReplacedFileKeepsItsPermissionsAndLinks() throws {
    let path = folder.write("real.csv", "old")
    chmod(path, 0o640)
    symlink("real.csv", folder.file("link.csv"))
    let file = try OutputFile(folder.file("link.csv"))
    try file.write("new")
    try file.commit()
    #expect(folder.read("real.csv") == "new")
    #expect(mode(path) == 0o640)
    #expect(names() == ["link.csv", "real.csv"])
    var status = stat()
    #expect(lstat(folder.file("link.csv"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func aLinkToNothingMakesItsTarget() throws {
    symlink("later.csv", folder.file("link.csv"))
    let file = try OutputFile(folder.file("link.csv"))
    try file.write("new")
    try file.commit()
    #expect(folder.read("later.csv") == "new")
    let secret = try OutputFile(folder.file("secret"), permissions: 0o600)
    try secret.commit()
    #expect(mode(folder.file("secret")) == 0o600)
  }

  @Test(arguments: [
    ("", "file '': expected a name, got an empty text"),
    ("FOLDER", "file FOLDER: is a folder; name a file in it"),
    (
      "FOLDER/no/x",
      "file FOLDER/no/x: cannot write it: No such file or directory (the folder FOLDER/no does not "
        + "exist)"
    ),
  ])
  func whatCannotBeWrittenSaysWhy(path: String, message: String) {
    let path = path.replacing("FOLDER", with: folder.path)
    let error = #expect(throws: SupportError.self) { _ = try OutputFile(path) }
    #expect(error?.message == message.replacing("FOLDER", with: folder.path))
  }

  @Test func devicesAreWrittenDirectly() throws {
    let file = try OutputFile("/dev/null")
    try file.write("x")
    try file.commit()
    let full = try OutputFile("/dev/full")
    try full.write("x")
    #expect(throws: SupportError.self) { try full.commit() }
  }

  @Test(arguments: [("pipe", "a pipe"), ("folder", "a folder"), ("/dev/zero", "a device")])
  func onlyFilesAreRead(name: String, kind: String) {
    let path = name.hasPrefix("/") ? name : folder.file(name)
    mkfifo(folder.file("pipe"), 0o600)
    mkdir(folder.file("folder"), 0o700)
    let error = #expect(throws: SupportError.self) { _ = try Files.text(path) }
    #expect(error?.message == "file \(path): is \(kind); expected a file")
  }

  @Test func aPipeThatGivesNothingIsWaitedForAsLongAsAllowed() {
    let path = folder.file("pipe")
    mkfifo(path, 0o600)
    let wait = StreamWait(until: .now + .milliseconds(20))
    let error = #expect(throws: SupportError.self) { _ = try Files.read(path, wait: wait) }
    #expect(
      error?.message
        == "file \(path): gave nothing within the time of --timeout; nothing was read")
    let stopped = #expect(throws: SupportError.self) {
      _ = try Files.read(path, wait: StreamWait { true })
    }
    #expect(stopped?.code == .interrupted)
  }

  /// A record is appended whole, or the log is as it was.
  @Test func logsKeepWholeRecords() throws {
    let path = folder.file("log.jsonl")
    try Files.append(Array("one\n".utf8), to: path)
    try Files.append(Array("two\n".utf8), to: path)
    #expect(folder.read("log.jsonl") == "one\ntwo\n")
    mkfifo(folder.file("pipe"), 0o600)
    #expect(throws: SupportError.self) { try Files.append([10], to: folder.file("pipe")) }
  }

  @Test func aByteOrderMarkIsNoPartOfALine() throws {
    let path = folder.write("marked", "\u{FEFF}one\r\ntwo")
    for reader in [try LineReader(path), LineReader(bytes: Array("\u{FEFF}one\ntwo".utf8))] {
      #expect(try reader.next()?.text == "one")
      #expect(try reader.next()?.text == "two")
      #expect(try reader.next()?.text == nil)
    }
  }
}
