import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

/// Several consoles that edit while the database is restored, replaced or moved under them.
@Suite(.serialized)
struct ReplacementRunTests {
  /// `CARTIO_REPLACEMENTS=200` makes it as many runs.
  private static var runs: Int {
    getenv("CARTIO_REPLACEMENTS").flatMap { Int(String(cString: $0)) } ?? 12
  }

  /// Prints whether the console still has the variables that it began with.
  private static let which = "print(pcall(function() return mark end) and 'old' or 'new')"

  private enum Disturbance: CaseIterable { case restore, rename, copy, moveAway, remove }

  private static let products = """
    {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S0","name":"Ware","price":"2.50","currency":"EUR"}
    {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S1","name":"Ware","price":"2.50","currency":"EUR"}
    {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1001"}

    """

  /// What was acknowledged before and after the content changed, by the lines that a console printed.
  private func acknowledged(_ text: String) -> (before: Int, after: Int) {
    var (before, after, isNew) = (0, 0, false)
    for line in text.split(separator: "\n") {
      if line == "new" { isNew = true }
      guard line.contains("total ") else { continue }
      if isNew { after += 1 } else { before += 1 }
    }
    return (before, after)
  }

  /// The pieces of `S0` and `S1` in the cart.
  private func pieces(_ program: Program, _ path: String) -> [Int] {
    let found = program.run(
      "--db", path, "-e",
      """
      local n = {S0 = 0, S1 = 0}
      for _, l in ipairs(cart('cart1001').lines) do n[l.sku] = l.quantity end
      print(n.S0 .. ' ' .. n.S1)
      """)
    return found.output.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
  }

  @Test func whatIsAcknowledgedIsInTheFileThatIsInPlace() throws {
    for run in 0..<Self.runs { try self.run(UInt64(run)) }
  }

  private func run(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let kinds = Disturbance.allCases
    let kind = kinds[random.pick(0...kinds.count - 1)]
    let folder = TemporaryFolder()
    let program = Program(folder)
    let path = folder.file("cartio.db")
    let note: Comment = "run \(seed), \(kind)"
    #expect(program.run("import", "-", input: Self.products).status == 0)
    let base = [random.pick(0...3), random.pick(0...3)]
    for (index, count) in base.enumerated() where count > 0 {
      #expect(program.run("-e", ".add cart1001 S\(index) \(count)").status == 0)
    }
    let backup = folder.file("backup.db")
    #expect(program.run("backup", backup).status == 0)

    let consoles = (0...1).map { _ in program.converse(["--keep-going"]) }
    let edits = random.pick(20...60)
    for (index, console) in consoles.enumerated() {
      var lines = "mark = 'old'\n.add cart1001 S\(index) 1\nprint('begun')\n"
      for _ in 0..<edits { lines += ".add cart1001 S\(index) 1\n\(Self.which)\n" }
      console.type(lines)
    }
    for console in consoles { #expect(console.read(until: "begun") != nil, note) }
    usleep(UInt32(random.pick(0...60_000)))
    switch kind {
    case .restore: #expect(program.run("restore", backup, "--yes").status == 0, note)
    case .rename: rename(backup, path)
    case .copy: _ = Shell.run("cat \(backup) > \(path)")
    case .moveAway: rename(path, folder.file("moved.db"))
    case .remove: unlink(path)
    }
    for console in consoles { console.type("print('all')\n") }
    let counts = consoles.map { acknowledged($0.read(until: "all") ?? "") }
    for console in consoles { _ = console.finish() }
    // The first edit was acknowledged before "begun".
    let before = zip(base, counts).map { $0 + 1 + $1.before }

    /// - Parameter unsaid: how many edits of each console may have been saved without being said so.
    func expect(_ file: String, _ pieces: [Int], unsaid: Int = 0) {
      let found = self.pieces(program, file)
      #expect(
        zip(found, pieces).count { $1...$1 + unsaid ~= $0 } == 2, "\(note), \(found) \(pieces)")
      #expect(program.run("check", "--db", file).status == 0, note)
      #expect(!Files.exists(file + "-wal"), note)
    }
    switch kind {
    case .restore:
      expect(path, zip(base, counts).map { $0 + $1.after })
      let kept = Files.list(folder.file("backups")).filter { $0.hasSuffix(".db") }
      expect(folder.file("backups/" + (try #require(kept.first, note))), before, unsaid: 1)
    case .rename, .copy: expect(path, base)
    case .moveAway: expect(folder.file("moved.db"), before, unsaid: 1)
    case .remove: #expect(!Files.exists(path) && !Files.exists(path + "-wal"), note)
    }
  }
}
