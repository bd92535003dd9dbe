import Glibc

/// Other programs.
enum Process {
  /// What a program wrote to its standard output; nil where it failed, said too much or took too long.
  ///
  /// - Parameters:
  ///   - words: the program's path and its arguments; no shell reads them.
  ///   - most: bytes.
  ///   - seconds: when it is ended.
  static func output(_ words: [String], most: Int = 16 << 20, seconds: Int = 5) -> [UInt8]? {
    guard let child = Child(words, input: false) else { return nil }
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    let end = now() + seconds * 1000
    while bytes.count <= most {
      var descriptor = pollfd(fd: child.end, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, Int32(max(0, end - now())))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let count = Glibc.read(child.end, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return child.wait() == 0 ? bytes : nil }
      bytes += chunk[..<count]
    }
    kill(child.pid, SIGKILL)
    _ = child.wait()
    return nil
  }

  /// Lets a program read a text, and waits for its end.
  ///
  /// - Returns: its exit code; 127 where it could not be started.
  static func feed(_ words: [String], _ text: String) -> Int32 {
    guard let child = Child(words, input: true) else { return 127 }
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = Glibc.write(
          child.end, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        start += count
      }
    }
    return child.wait()
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
  }

  /// A started program, with a pipe to its input or from its output.
  private final class Child {
    private(set) var pid: pid_t = 0
    /// Ours of the pipe.
    private(set) var end: Int32 = -1

    init?(_ words: [String], input: Bool) {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return nil }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      let theirs = input ? ends[0] : ends[1]
      end = input ? ends[1] : ends[0]
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      if input {
        posix_spawn_file_actions_adddup2(&actions, theirs, 0)
      } else {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, theirs, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
      }
      // What this program ignores or handles is its own.
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var usual = sigset_t()
      sigemptyset(&usual)
      for signal in [SIGINT, SIGPIPE, SIGQUIT, SIGXFSZ] { sigaddset(&usual, signal) }
      posix_spawnattr_setsigdefault(&attributes, &usual)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
      let arguments = words.map { strdup($0) } + [nil]
      defer { for argument in arguments { free(argument) } }
      let code = posix_spawn(&pid, words[0], &actions, &attributes, arguments, environ)
      close(theirs)
      if code != 0 {
        close(end)
        return nil
      }
    }

    /// Its exit code, or 128 and the signal.
    func wait() -> Int32 {
      close(end)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return 127 } }
      return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
  }
}
