import CartApplication
import CartModel
import CartSupport
import Glibc

/// Shows a text through the person's pager: `$PAGER`, else less.
struct Pager {
  let command: String

  /// - Returns: nil if none is wanted or none is found.
  init?(_ environment: (String) -> String?) {
    let wanted = environment("PAGER") ?? "less"
    let program = String(wanted.prefix { $0 != " " })
    guard !program.isEmpty, program != "cat", Executables.find(program) != nil else { return nil }
    command = wanted
  }

  /// Returns when the pager has ended, however far it was read.
  ///
  /// - Returns: whether the pager could be started.
  func show(_ text: String) -> Bool {
    // As git has it: ends by itself where the text fits, keeps colours, leaves the text on the screen.
    setenv("LESS", "FRX", 0)
    // Ctrl-C is the pager's meanwhile, and who leaves it early closes the pipe, which must not end
    // this program.
    let held = [SIGINT, SIGPIPE].map { HeldSignal($0) }
    defer { for signal in held { signal.release() } }
    return Process.feed(["/bin/sh", "-c", command], text) != 127
  }
}

/// A signal that is ignored for a while, and then handled exactly as before.
private struct HeldSignal {
  private let number: Int32
  private var before = sigaction()

  init(_ number: Int32) {
    self.number = number
    var ignoring = sigaction()
    ignoring.__sigaction_handler.sa_handler = SIG_IGN
    sigaction(number, &ignoring, &before)
  }

  func release() {
    var before = before
    sigaction(number, &before, nil)
  }
}
