import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import Glibc

/// Compares Cartio with plain C and, where it is installed, Tarantool; prints ratios.
///
/// `cartio-bench CARTS FOLDER [PART]`: with `cartio` and `cartio-anchor` beside this program; the parts are
/// `store`, `lua`, `lists`, `rules`, `edits`, `looks`, `safety`, `one-cart`, `console` and `reports`.
@main
enum Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments
    let carts = arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000
    let folder = arguments.count > 2 ? arguments[2] : "."
    let own = Files.folder(arguments[0])
    let (cartio, anchor) = (own + "/cartio", own + "/cartio-anchor")
    let part = arguments.count > 3 ? arguments[3] : nil
    func wants(_ name: String) -> Bool { part == nil || part == name }
    let (file, database) = (folder + "/bench.jsonl", folder + "/bench.db")
    setenv("CARTIO_HOME", folder, 1)
    setenv("CARTIO_DB", database, 1)

    if wants("store") { try runStore(cartio, anchor, file, database, folder, carts) }
    if wants("lua") { try LuaBenchmarks.run(anchor, folder) }
    if wants("lists") { try ListBenchmarks.run() }
    if wants("rules") {
      try RuleBenchmarks.run(cartio, anchor, folder, carts: min(carts, 100_000))
    }
    if wants("edits") {
      try EditBenchmarks.run(cartio, anchor, folder, carts: min(carts, 100_000))
    }
    if wants("looks") { try ObservationBenchmarks.run(folder, carts: min(carts, 20_000)) }
    if wants("safety") { try SafetyBenchmarks.run(cartio, folder, carts: max(carts, 250_000)) }
    if wants("one-cart") { try LongCartBenchmarks.run(cartio, folder) }
    if wants("console") { try ConsoleBenchmarks.run(cartio, folder, carts: min(carts, 100_000)) }
    if wants("reports") { try ReportBenchmarks.run(cartio, folder) }
    for name in [
      "bench.jsonl", "bench.lua", "bench.out", "bench.db", "bench.db-wal", "bench.db-shm",
      "anchor.db",
    ] {
      unlink(folder + "/" + name)
    }
  }

  private static func runStore(
    _ cartio: String, _ anchor: String, _ file: String, _ database: String, _ folder: String,
    _ carts: Int
  ) throws {
    print("\(carts) carts of three lines, \(carts * 4) events; medians of 3")
    try write(carts, to: file)
    let imports = measure(3) {
      for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
      return run([cartio, "import", file])
    }
    let anchorImports = measure(3) {
      run([anchor, "import", String(carts), folder + "/anchor.db"])
    }
    show("import", imports, "plain C", anchorImports, goal: 2.0)

    let store = try SQLiteStorageFactory().open(.file(database, readOnly: true), random: { 1 })
    var pieces: Int64 = 0
    let scans = measure(3) {
      do { try store.forEachOpenCart { pieces += $0.quantity } } catch { return false }
      return true
    }
    let anchorScans = measure(3) { run([anchor, "scan", database]) }
    show("scan of all open carts", scans, "plain C, lines not decoded", anchorScans, goal: nil)

    let starts = measure(21) { run([cartio, "-e", "return 1"]) }
    let tarantool = ["/usr/bin/tarantool", "/usr/local/bin/tarantool"].first(where: Files.exists)
    if let tarantool {
      let others = measure(21) { run([tarantool, "-e", ""]) }
      show("start, -e 'return 1'", starts, "tarantool -e ''", others, goal: 0.6)
    } else {
      print("start, -e 'return 1': \(text(starts)); tarantool is not installed here")
    }
  }

  /// Shopper events as a busy shop would send them.
  ///
  /// - Parameters:
  ///   - step: milliseconds from one cart to the next.
  ///   - start: when the first of them acts; milliseconds since 1970.
  static func write(
    _ carts: Int, to path: String, step: Int64 = 400, start: Int64 = Benchmarks.start
  ) throws {
    var random = SeededRandom(seed: 1)
    var at = Timestamp(milliseconds: start)
    let file = try OutputFile(path)
    for _ in 0..<carts {
      at = at.advanced(by: step)
      let digits = hexadecimal(EventKey(high: random.next(), low: random.next()).bytes)
      let cart = "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(4))-\(digits.suffix(20))"
      let ip = "\(random.pick(1...223)).\(random.pick(0...255)).\(random.pick(0...255)).7"
      try file.write(
        """
        {"type":"cart.created","at":"\(at)","cart":"\(cart)","currency":"EUR",\
        "session":"s\(random.pick(0...99_999_999))","shopper":{"type":"guest",\
        "email":"shopper\(random.pick(0...499_999))@example.com","ip":"\(ip)","country":"DE",\
        "browser":"Mozilla/5.0 (X11; Linux x86_64)"}}

        """)
      for line in 0..<3 {
        let product = random.pick(0...499)
        try file.write(
          """
          {"type":"line.added","at":"\(at)","cart":"\(cart)","line":"l\(line)",\
          "sku":"SKU-\(product)","name":"A product of the shop no \(product)","quantity":1,\
          "price":"12.99","options":{"colour":"blue"}}

          """)
      }
    }
    try file.commit()
  }

  static func write(_ text: String, to path: String) throws {
    let file = try OutputFile(path)
    try file.write(text)
    try file.commit()
  }

  /// When the first of them acts; milliseconds since 1970.
  static let start: Int64 = 1_700_000_000_000

  // MARK: Measuring

  /// The median of some runs in seconds; nil when one failed.
  static func measure(_ runs: Int, _ body: () -> Bool) -> Double? {
    var times: [Double] = []
    for _ in 0..<runs {
      let start = seconds()
      guard body() else { return nil }
      times.append(seconds() - start)
    }
    return times.sorted()[runs / 2]
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static func run(_ words: [String], output: String = "/dev/null") -> Bool {
    memory(words, output: output) != nil
  }

  /// Runs a program and gives the most memory that it held, in bytes; nil where it failed.
  static func memory(_ words: [String], output: String = "/dev/null") -> Int? {
    var pid: pid_t = 0
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [Int32(0), 2] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    let pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var (status, peak) = (Int32(0), 0)
    guard posix_spawn(&pid, words[0], &actions, nil, pointers, environ) == 0 else { return nil }
    // Not the usage that wait4 gives: in that a child begins with what its parent held.
    while waitpid(pid, &status, WNOHANG) == 0 {
      peak = max(peak, highWater(of: pid))
      usleep(5_000)
    }
    return status == 0 ? peak : nil
  }

  /// `VmHWM` of proc(5), in bytes.
  private static func highWater(of pid: pid_t) -> Int {
    guard let stream = fopen("/proc/\(pid)/status", "r") else { return 0 }
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), stream) != nil {
      guard strncmp(line, "VmHWM:", 6) == 0 else { continue }
      return Int(strtol(Array(line.dropFirst(6)), nil, 10)) << 10
    }
    return 0
  }

  static func text(_ seconds: Double?) -> String {
    seconds.map { "\(($0 * 100_000).rounded() / 100) ms" } ?? "failed"
  }

  static func show(
    _ name: String, _ own: Double?, _ other: String, _ anchor: Double?, goal: Double?
  ) {
    var line = "\(name): \(text(own)); \(other): \(text(anchor))"
    if let own, let anchor {
      line += "; ratio \((own / anchor * 100).rounded() / 100)"
      if let goal { line += " (at most \(goal) wanted)" }
    }
    print(line)
  }
}
