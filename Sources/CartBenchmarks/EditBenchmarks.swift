import Glibc

/// A script that changes one line of each open cart, beside a plain C program that does the same.
enum EditBenchmarks {
  static func run(_ cartio: String, _ anchor: String, _ folder: String, carts: Int) throws {
    let (file, script) = (folder + "/edits.jsonl", folder + "/edits.lua")
    let copy = CopiedDatabase(base: folder + "/edits-base.db", copy: folder + "/edits.db")
    defer {
      for path in [file, script] { unlink(path) }
      copy.remove()
    }
    try RuleBenchmarks.write(carts, to: file)
    // No cart of the file has this many of a line.
    try Benchmarks.write(
      "for c in carts{limit = \(carts)} do c:set(c.lines[1], 7) end", to: script)
    setenv("CARTIO_DB", copy.base, 1)
    guard Benchmarks.run([cartio, "import", file]) else { return print("edits: import failed") }
    setenv("CARTIO_DB", copy.copy, 1)
    let own = copy.time([cartio, "run", "--yes", script])
    let plain = copy.time([anchor, "edit", copy.copy, "7"])
    Benchmarks.show("one line of \(carts) open carts", own, "plain C", plain, goal: nil)
  }
}
