import CartEngine
import CartSupport
import CartTesting
import ProgramTesting
import Glibc
import Testing

/// Pipes and devices where a file is expected: refused, or waited for as long as `--timeout` says.
struct PipeTests {
  private let folder = TemporaryFolder()
  private let program: Program
  private let pipe: String

  init() throws {
    program = Program(folder)
    pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    try #require(program.practice().status == 0)
  }

  @Test(arguments: [
    "restore PIPE --yes", "backup PIPE", "--db PIPE -e 1", "--db PIPE check", "--db PIPE practice",
    "--db /dev/null -e 1", "--db PIPE import /dev/null", "--db PIPE restore cartio.db --yes",
    "restore /dev/zero --yes", "run --plan x.lua -o PIPE", "export carts -o PIPE",
    "report overview -o PIPE", "-e '.once PIPE' -e .carts", "-e '.output PIPE' -e .carts",
    "import bad.jsonl --rejects PIPE", "import bad.jsonl --using PIPE", "-e '.read PIPE'",
    "-e '.plan save PIPE'", "rules check PIPE", "rules backtest r labels=PIPE",
  ])
  func itIsRefusedAtOnce(command: String) {
    folder.write("x.lua", "carts.create{}")
    folder.write("bad.jsonl", "no event\n")
    let before = folder.bytes("cartio.db").count
    let line = command.replacing("PIPE", with: pipe)
    let result = program.run(shell: "timeout 60 \(Program.path) \(line)")
    #expect([1, 3, 64].contains(result.status), "\(result)")
    #expect((result.output + result.messages).contains("error: "), "\(result)")
    #expect(folder.bytes("cartio.db").count == before)
  }

  /// What may read a pipe waits for its writer, and takes what it gives.
  @Test(arguments: [
    "import PIPE", "import PIPE --strict", "import PIPE --as-type blacklist", "run PIPE",
    "apply PIPE --yes",
  ])
  func aPipeThatGivesNothingIsWaitedForAsLongAsAllowed(command: String) {
    let line = command.replacing("PIPE", with: pipe)
    let result = program.run(shell: "timeout 60 \(Program.path) \(line) --timeout 1s")
    #expect(result.status == 1, "\(result)")
    #expect(
      result.messages.hasSuffix(
        "error: file \(pipe): gave nothing within the time of --timeout; nothing was read\n"),
      "\(result)")
  }

  @Test(arguments: ["list.txt", "q.lua", "store.lua", "lib/x.lua"])
  func filesOfTheHomeAreFiles(name: String) throws {
    for path in ["rules/lists", "rules/lib"] { try Files.makeFolder(folder.file(path)) }
    folder.write(
      "rules/r.lua",
      "rule \"r\" { when = function(c) return list('list.txt'):has('a') end }")
    let path =
      name == "store.lua"
      ? name : name == "list.txt" ? "rules/lists/list.txt" : "rules/" + name
    mkfifo(folder.file(path), 0o600)
    let result = program.run(shell: "timeout 60 \(Program.path) rules run")
    #expect(result.status != 124, "\(result)")
    if name != "lib/x.lua" {
      #expect(result.messages.contains("is a pipe; expected a file"), "\(result)")
    }
  }

  /// A reader that takes nothing is waited for as long as `--timeout` says, and one that takes all gets
  /// all.
  @Test func outputGoesToWhoReadsThePipe() {
    let slow = program.run(
      shell: "sleep 60 < \(pipe) & sleep 0.5; "
        + "timeout 60 \(Program.path) export events -o \(pipe) --timeout 1s; echo $?; kill $!")
    #expect(slow.output == "1\n", "\(slow)")
    #expect(
      slow.messages.hasSuffix(
        "file \(pipe): took nothing within the time of --timeout; it is not whole\n"), "\(slow)")
    let verb = program.run(
      shell: "sleep 60 < \(pipe) & sleep 0.5; timeout 60 \(Program.path) -e "
        + "'.export events output=\(pipe)' --timeout 1s; echo $?; kill $!")
    #expect(verb.messages.contains("took nothing within the time of --timeout"), "\(verb)")
    #expect(verb.output == "1\n", "\(verb)")
    // Another pipe: what the first reader left in its own is no part of this one.
    let other = folder.file("other")
    mkfifo(other, 0o600)
    let fast = program.run(
      shell: "cat \(other) > all & sleep 0.5; "
        + "timeout 60 \(Program.path) export events -o \(other); wait")
    #expect(fast.status == 0, "\(fast)")
    #expect(folder.read("all") == program.run("export", "events").output)
  }
}
