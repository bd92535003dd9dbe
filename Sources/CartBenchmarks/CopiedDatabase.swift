import Glibc

/// A database of which each run of a command gets a fresh copy.
struct CopiedDatabase {
  let base: String
  let copy: String

  /// The median of five runs, each on a fresh copy, in seconds; nil when one failed.
  func time(_ words: [String]) -> Double? {
    var times: [Double] = []
    for _ in 0..<5 {
      Self.remove(copy)
      guard Benchmarks.run(["/bin/cp", base, copy]) else { return nil }
      let start = Benchmarks.seconds()
      guard Benchmarks.run(words) else { return nil }
      times.append(Benchmarks.seconds() - start)
    }
    return times.sorted()[2]
  }

  func remove() { for path in [base, copy] { Self.remove(path) } }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }
}
