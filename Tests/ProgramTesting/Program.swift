import CTesting
import Dispatch
import Glibc

/// What a finished program left behind.
public struct ProgramResult: Sendable {
  public var output: String
  public var messages: String
  /// The exit code, or 128 + the signal.
  public var status: Int32
  /// The most memory that it held at a time, in bytes; 0 where that was not measured.
  public var memory = 0
}

/// The built `cartio`, as a user runs it, on a fixed day: its clock starts at `Program.start` with
/// the tests and goes on from there, so that carts of a fixed date do not expire meanwhile.
public struct Program {
  /// When the tests begin, by the program's clock; seconds since 1970.
  public static let startSeconds: Int64 = 1_795_500_000
  /// Seconds from the system's clock to the program's.
  public static let shift: Int64 = startSeconds - Int64(time(nil))

  public let folder: TemporaryFolder
  public var environment: [String: String]

  public init(_ folder: TemporaryFolder) {
    self.folder = folder
    environment = [
      "CARTIO_HOME": folder.path, "HOME": folder.path, "PATH": "/usr/bin:/bin",
      "CARTIO_STAFF": "anna", "TERM": "xterm", "LC_ALL": "C.UTF-8",
      "LD_PRELOAD": Self.folder + "/libCartioTestClock.so", "CARTIO_TEST_CLOCK": "\(Self.shift)",
    ]
  }

  /// The executable beside the test bundle.
  public static var path: String { folder + "/cartio" }

  /// The folder of the test bundle.
  private static var folder: String {
    let arguments = CommandLine.arguments
    let bundle = arguments.first { $0.contains(".xctest") } ?? arguments[0]
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
  }

  /// Runs it to its end.
  public func run(_ arguments: String..., input: String = "") -> ProgramResult {
    run(arguments: arguments, input: input)
  }

  /// Runs a line of the shell in the folder; `cartio` in it is the program.
  public func run(shell line: String) -> ProgramResult {
    run(
      words: [
        "/bin/sh", "-c", "cartio() { '\(Self.path)' \"$@\"; }; cd '\(folder.path)'; " + line,
      ],
      input: "")
  }

  public func run(arguments: [String], input: String = "") -> ProgramResult {
    run(words: [Self.path] + arguments, input: input)
  }

  private func run(words: [String], input: String) -> ProgramResult {
    let name = String(UInt64.random(in: .min ... .max), radix: 36)
    folder.write(name + ".in", input)
    let pid = spawn(
      words: words, input: folder.file(name + ".in"), output: folder.file(name + ".out"),
      messages: folder.file(name + ".err"))
    return finished(pid, name)
  }

  /// Runs it to its end, and looks every now and then at the memory that it holds.
  public func run(measuring arguments: [String]) -> ProgramResult {
    let name = String(UInt64.random(in: .min ... .max), radix: 36)
    folder.write(name + ".in", "")
    let pid = spawn(
      arguments, input: folder.file(name + ".in"), output: folder.file(name + ".out"),
      messages: folder.file(name + ".err"))
    var (status, memory) = (Int32(0), 0)
    // Not from its usage: that begins with what this process holds.
    while pid > 0, waitpid(pid, &status, WNOHANG) == 0 {
      memory = Self.peak(of: pid) ?? memory
      usleep(10_000)
    }
    return ProgramResult(
      output: folder.read(name + ".out"), messages: folder.read(name + ".err"),
      status: Self.exitCode(status), memory: memory)
  }

  private static func peak(of pid: pid_t) -> Int? {
    let lines = readText("/proc/\(pid)/status").split(separator: "\n")
    return lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first
      .flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
  }

  private func finished(_ pid: pid_t, _ name: String) -> ProgramResult {
    let status = Self.wait(pid)
    return ProgramResult(
      output: folder.read(name + ".out"), messages: folder.read(name + ".err"), status: status)
  }

  /// Fills the database that it opens by itself with eighty practice carts.
  public func practice() -> ProgramResult {
    run(
      "practice", "--carts", "80", "--until", "2026-11-01T08:00:00Z", "--db",
      folder.file("cartio.db"))
  }

  /// Starts it; the caller waits.
  public func spawn(_ arguments: [String], input: String, output: String, messages: String)
    -> pid_t
  {
    spawn(words: [Self.path] + arguments, input: input, output: output, messages: messages)
  }

  private func spawn(words: [String], input: String, output: String, messages: String) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    posix_spawn_file_actions_addopen(&actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    return start(words, &actions)
  }

  private func start(_ words: [String], _ actions: inout posix_spawn_file_actions_t) -> pid_t {
    var pid: pid_t = 0
    let argv = words.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    // The threads of a test runner may block signals, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let code = posix_spawn(&pid, words[0], &actions, &attributes, argv, envp)
    return code == 0 ? pid : -1
  }

  public static func wait(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    guard pid > 0, waitpid(pid, &status, 0) == pid else { return -1 }
    return exitCode(status)
  }

  private static func exitCode(_ status: Int32) -> Int32 {
    status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// Starts a command with pipes: writes go to its input, reads come from its output.
  ///
  /// - Parameter messages: the file that gets its standard error.
  public func converse(_ arguments: [String], messages: String = "/dev/null") -> Conversation {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    _ = ct_pipe(&toChild)
    _ = ct_pipe(&fromChild)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_addopen(
      &actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    let pid = start([Self.path] + arguments, &actions)
    close(toChild[0])
    close(fromChild[1])
    return Conversation(pid: pid, input: toChild[1], output: fromChild[0])
  }

  /// A terminal: what is typed on it a program reads from its path.
  public static func openTerminal(columns: UInt16 = 100) -> (path: String, keyboard: Conversation) {
    var bytes = [CChar](repeating: 0, count: 128)
    let master = ct_open_terminal(columns, &bytes, bytes.count)
    let name = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    return (name, Conversation(pid: 0, input: master, output: master))
  }

  /// Starts it on a terminal of its own.
  public func terminal(_ arguments: [String], columns: UInt16 = 100) -> Conversation {
    let (name, conversation) = Self.openTerminal(columns: columns)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0)
    }
    // `setsid -c` makes the terminal the controlling one, so that Ctrl-C reaches the program.
    conversation.pid = start(["/usr/bin/setsid", "-c", "-w", Self.path] + arguments, &actions)
    return conversation
  }
}
