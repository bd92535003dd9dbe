import CartEngine
import CartModel
import CartSupport
import Glibc

/// How long a person waits at the prompt, on a terminal of its own.
enum ConsoleBenchmarks {
  static func run(_ cartio: String, _ folder: String, carts: Int) throws {
    let (file, database) = (folder + "/console.jsonl", folder + "/console.db")
    defer {
      for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
      unlink(file)
    }
    // All of them are open and were touched in the last days, as those of a busy shop.
    let now = Int64(time(nil)) * 1000
    let step: Int64 = 2_000
    try Benchmarks.write(
      carts, to: file, step: step, start: now - Int64(carts) * step - 60_000)
    setenv("CARTIO_DB", database, 1)
    setenv("PAGER", "cat", 1)
    setenv("TERM", "xterm", 1)
    guard Benchmarks.run([cartio, "import", file]) else { return print("console: import failed") }
    let last = try lastCart(of: file)

    let starts = Benchmarks.measure(11) {
      guard let session = Session(cartio), session.read(until: prompt) else { return false }
      return session.end()
    }
    print("at \(carts) open carts, on a terminal; medians")
    show("prompt ready", starts, goal: 100)
    guard let session = Session(cartio), session.read(until: prompt) else { return }
    for (name, line, goal) in [
      (".carts, first page", ".carts", 50.0), (".carts total>38 country=DE", nil, nil),
      (".carts page=100", nil, nil), (".cart ID", ".cart \(last)", 10.0), (".history ID", nil, nil),
      (".carts by=country", nil, nil),
    ] as [(String, String?, Double?)] {
      let typed = line ?? (name == ".history ID" ? ".history \(last)" : name)
      let times = Benchmarks.measure(11) {
        session.type(typed + "\n")
        // Its echo, what it shows, and the prompt again.
        return session.read(until: prompt)
      }
      show(name, times, goal: goal)
    }
    for typed in [".cart shopper4", ".carts co"] {
      let times = Benchmarks.measure(11) {
        session.type(typed + "\t")
        guard session.read(until: "\n"), session.read(until: prompt) else { return false }
        session.type("\u{15}")
        return true
      }
      show("Tab behind \(typed)", times, goal: 50)
    }
    _ = session.end()
  }

  private static let prompt = "(live)> "

  private static func show(_ name: String, _ seconds: Double?, goal: Double?) {
    print(
      "  \(name): \(Benchmarks.text(seconds))"
        + (goal.map { " (at most \(Int($0)) ms wanted)" } ?? ""))
  }

  /// The id of the cart that a file creates last.
  private static func lastCart(of file: String) throws -> String {
    let text = try Files.text(file)
    guard let mark = text.ranges(of: "\"cart.created\"").last,
      let cart = text[mark.upperBound...].firstRange(of: "\"cart\":\"")
    else { return "" }
    return String(text[cart.upperBound...].prefix { $0 != "\"" })
  }

  /// A console on a terminal of its own.
  private final class Session {
    private let master: Int32
    private var pid: pid_t = 0
    private var seen: [UInt8] = []

    init?(_ cartio: String) {
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which unlockpt and ptsname are made of.
      var (lock, number) = (Int32(0), Int32(0))
      guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0,
        ioctl(master, 0x8004_5430, &number) == 0
      else { return nil }
      let name = "/dev/pts/\(number)"
      var size = winsize(ws_row: 50, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(master, UInt(TIOCSWINSZ), &size)
      _ = fcntl(master, F_SETFD, FD_CLOEXEC)
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      for descriptor in Int32(0)...2 {
        posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0)
      }
      let words = [strdup(cartio), nil]
      defer { free(words[0]) }
      guard posix_spawn(&pid, cartio, &actions, nil, words, environ) == 0 else { return nil }
    }

    func type(_ text: String) {
      var text = text
      text.withUTF8 { _ = write(master, $0.baseAddress, $0.count) }
    }

    /// - Returns: false where it does not come within ten seconds.
    func read(until text: String) -> Bool {
      let wanted = Array(text.utf8)
      while true {
        if let range = seen.firstRange(of: wanted) {
          seen.removeSubrange(..<range.upperBound)
          return true
        }
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 10_000) > 0 else { return false }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(master, &chunk, chunk.count)
        guard count > 0 else { return false }
        seen += chunk[..<count]
      }
    }

    func end() -> Bool {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      return true
    }

    deinit { close(master) }
  }
}
