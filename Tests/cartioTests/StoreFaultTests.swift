import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// What users are told when the system fails: each cause has its own message.
@Suite(.serialized)
struct StoreFaultTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }
  var path: String { folder.file("cartio.db") }

  /// Lets calls on one file fail, from the n-th on.
  private static let shim = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static int calls;
    static int fails(int fd, const char *kind) {
      const char *wanted = getenv("FAULT_KIND"), *file = getenv("FAULT_FILE");
      char link[64], path[4096];
      if (!wanted || !file || strcmp(wanted, kind)) return 0;
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t n = readlink(link, path, sizeof path - 1);
      if (n < 0) return 0;
      path[n] = 0;
      if (strcmp(path, file)) return 0;
      calls++;
      if (calls < atoi(getenv("FAULT_FROM"))) return 0;
      if (getenv("FAULT_TIMES") && calls >= atoi(getenv("FAULT_FROM")) + atoi(getenv("FAULT_TIMES")))
        return 0;
      errno = atoi(getenv("FAULT_ERRNO"));
      return 1;
    }
    #define READ(name, off) \\
      ssize_t name(int fd, void *b, size_t n, off at) { \\
        ssize_t (*real)(int, void *, size_t, off) = dlsym(RTLD_NEXT, #name); \\
        return fails(fd, "read") ? -1 : real(fd, b, n, at); }
    #define WRITE(name, off) \\
      ssize_t name(int fd, const void *b, size_t n, off at) { \\
        ssize_t (*real)(int, const void *, size_t, off) = dlsym(RTLD_NEXT, #name); \\
        return fails(fd, "write") ? -1 : real(fd, b, n, at); }
    READ(pread, off_t)
    READ(pread64, off64_t)
    WRITE(pwrite, off_t)
    WRITE(pwrite64, off64_t)
    """

  init() {
    let source = folder.write("fault.c", Self.shim)
    _ = Shell.run("cc -shared -fPIC -o \(folder.file("fault.so")) \(source) -ldl")
    let lines = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S","name":"Ware","price":"2.50","currency":"EUR"}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1001"}

      """
    _ = program.run("import", "-", input: lines)
  }

  /// - Parameters:
  ///   - kind: `read` or `write`.
  ///   - file: what is appended to the database's path.
  private func failing(
    _ kind: String, _ file: String, _ code: Int32, from: Int, times: Int? = nil,
    _ arguments: [String]
  ) -> ProgramResult {
    var program = program
    program.environment["LD_PRELOAD"] = folder.file("fault.so")
    program.environment["FAULT_KIND"] = kind
    program.environment["FAULT_FILE"] = path + file
    program.environment["FAULT_ERRNO"] = String(code)
    program.environment["FAULT_FROM"] = String(from)
    program.environment["FAULT_TIMES"] = times.map(String.init)
    return program.run(arguments: arguments)
  }

  private var unreadable: String {
    "database: cannot read \(path) (I/O error); nothing was changed; try again, then run "
      + "'cartio check'\n"
  }

  /// Whatever read it is that fails, once or from then on: never is the database called damaged.
  @Test(arguments: [1, nil])
  func aFailedReadIsNoDamage(times: Int?) {
    #expect(Files.exists(folder.file("fault.so")))
    var failures = 0
    for from in 1...24 {
      let result = failing(
        "read", "", EIO, from: from, times: times, ["-e", "print(cart('cart1001').quantity)"])
      if result.status == 0 {
        #expect(result.output == "0\n")
        continue
      }
      failures += 1
      // Within a script it names the place.
      #expect(
        result.messages.hasPrefix("error: ") && result.messages.hasSuffix(unreadable)
          && result.status == 1, "read \(from): \(result.messages)")
    }
    #expect(failures > 5)
    #expect(program.run("check").status == 0)
  }

  @Test func aFailedWriteOrAFullDiskIsNamed() {
    let write =
      "error: database: cannot write \(path) (I/O error); nothing of this was saved; try again, then "
      + "run 'cartio check'\n"
    let full = "error: database: the disk is full; nothing of this was saved\n"
    let quota =
      "error: database: the disk quota of this user or group is used up; nothing of this was saved\n"
    for (code, text) in [(EIO, write), (ENOSPC, full), (EDQUOT, quota)] {
      for from in [1, 3] {
        let result = failing("write", "-wal", code, from: from, ["-e", ".add cart1001 S 1"])
        #expect(result.messages == text && result.status == 1)
      }
    }
    #expect(program.run("-e", "print(cart('cart1001').quantity)").output == "0\n")
    #expect(program.run("check").status == 0)
  }

  @Test func aProvenDamageIsCalledSo() {
    _ = Shell.run("dd if=/dev/urandom of=\(path) bs=4096 seek=1 count=40 conv=notrunc 2>/dev/null")
    let result = program.run("-e", "print(cart('cart1001').quantity)")
    #expect(result.status == 1)
    #expect(
      result.messages.hasPrefix("error: database: \(path) is damaged (")
        && result.messages.hasSuffix("); put a backup in its place: cartio restore BACKUP\n"),
      "\(result.messages)")
  }

  @Test func whatCannotBeADatabaseSaysWhy() {
    func said(_ path: String) -> String { program.run("--db", path, "-e", "return 1").messages }
    #expect(
      said(folder.path) == "error: database: cannot open \(folder.path): it is a folder\n")
    let text = folder.write("text.db", String(repeating: "no database\n", count: 1000))
    #expect(said(text) == "error: database: \(text) is not a Cartio database\n")
  }

  @Test func theStoreMayAskThatNothingIsLost() {
    folder.write("store.lua", "return { synchronous = \"OFF\" }")
    let result = program.run("-e", "return 1")
    #expect(result.status == 1)
    #expect(
      result.messages
        == "error: store.lua: synchronous: expected 'NORMAL' or 'FULL', got 'OFF'\n")
    folder.write("store.lua", "return { synchronous = \"FULL\" }")
    #expect(program.run("-e", ".add cart1001 S 1").status == 0)
    #expect(program.run("check").status == 0)
  }
}
