import CartEngine
import CartSupport
import Glibc

/// Top lists beside what a database makes of the bare events.
enum ReportBenchmarks {
  static func run(_ cartio: String, _ folder: String) throws {
    let (file, database) = (folder + "/reports.jsonl", folder + "/reports.db")
    let (table, plain) = (folder + "/lines.csv", folder + "/lines.db")
    defer {
      for path in [file, table, plain] { unlink(path) }
      for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
    }
    let carts = 333_334
    try Benchmarks.write(carts, to: file, step: 2_000)
    setenv("CARTIO_DB", database, 1)
    guard Benchmarks.run([cartio, "import", file]) else { return print("reports: import failed") }
    let own = Benchmarks.measure(11) { Benchmarks.run([cartio, "report", "top-added"]) }
    let start = Benchmarks.measure(11) { Benchmarks.run([cartio, "-e", "return 1"]) }
    print(
      "top-added over \(carts * 3) line events: \(Benchmarks.text(own)), with the program's start of \(Benchmarks.text(start))"
    )
    let shell = "/usr/bin/sqlite3"
    guard Files.exists(shell) else { return print("  sqlite3 is not installed here") }
    let lines = try OutputFile(table)
    let reader = try LineReader(file)
    while let line = try reader.next() {
      let text = line.text ?? ""
      guard text.contains("line.added"), let from = text.firstRange(of: "\"sku\":\"") else {
        continue
      }
      try lines.write(text[from.upperBound...].prefix { $0 != "\"" } + ",1\n")
    }
    try lines.commit()
    guard
      Benchmarks.run([
        shell, plain, "CREATE TABLE line(sku TEXT, quantity INTEGER)", ".mode csv",
        ".import \(table) line",
      ])
    else { return }
    let query = "SELECT sku, sum(quantity) FROM line GROUP BY sku ORDER BY 2 DESC, 1 LIMIT 20"
    let other = Benchmarks.measure(5) { Benchmarks.run([shell, plain, query]) }
    Benchmarks.show(
      "  the sqlite3 shell's GROUP BY over bare rows", other, "top-added", own, goal: nil)
    let overview = Benchmarks.measure(3) { Benchmarks.run([cartio, "report", "overview"]) }
    print("  overview of \(carts) carts: \(Benchmarks.text(overview))")
  }
}
