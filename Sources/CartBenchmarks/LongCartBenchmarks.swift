import CartEngine
import CartModel
import CartSupport
import Glibc

/// Work on one cart with many events: the time for each of them must not grow with their number.
enum LongCartBenchmarks {
  private static let sizes = [10_000, 100_000]

  static func run(_ cartio: String, _ folder: String) throws {
    let words: [(name: String, command: [String])] = [
      ("undo and redo", ["undo", "1", "--yes"]),
      (".history", ["-e", ".history long0001"]),
      (".why", ["-e", ".why long0001"]),
      (".diff", ["-e", ".diff long0001 2023-11-14T22:13:21Z"]),
      (".at", ["-e", ".at 2023-11-14T22:13:21Z .cart long0001"]),
    ]
    var times: [[Double?]] = []
    for size in sizes {
      let (file, database) = (folder + "/long.jsonl", folder + "/long.db")
      setenv("CARTIO_DB", database, 1)
      try write(size, to: file)
      guard Benchmarks.run([cartio, "import", file]) else { return print("import failed") }
      times.append(
        words.map { entry in
          Benchmarks.measure(3) {
            guard Benchmarks.run([cartio] + entry.command) else { return false }
            return entry.command[0] != "undo" || Benchmarks.run([cartio, "redo", "1", "--yes"])
          }
        })
      for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
      unlink(file)
    }
    for (index, entry) in words.enumerated() {
      guard let small = times[0][index], let large = times[1][index] else {
        print("\(entry.name) of one cart: failed")
        continue
      }
      let ratio = large / Double(sizes[1]) / (small / Double(sizes[0]))
      print(
        "\(entry.name) of one cart: \(Benchmarks.text(small)) at \(sizes[0]) events, "
          + "\(Benchmarks.text(large)) at \(sizes[1]); per event ratio "
          + "\((ratio * 100).rounded() / 100) (at most 1.3 wanted)")
    }
  }

  /// One cart whose line is set again and again.
  private static func write(_ events: Int, to path: String) throws {
    let file = try OutputFile(path)
    for event in 0..<events {
      let at = Timestamp(milliseconds: Benchmarks.start + Int64(event))
      try file.write(
        event == 0
          ? """
          {"type":"line.added","at":"\(at)","cart":"long0001","sku":"MUG-01","quantity":1,"price":"12.99"}

          """
          : """
          {"type":"line.changed","at":"\(at)","cart":"long0001","sku":"MUG-01","quantity":\(event % 9 + 1)}

          """)
    }
    try file.commit()
  }
}
