import CartEngine
import CartModel
import CartStorage
import CartStoreSQLite
import CartSupport
import Glibc

/// Plans over many carts, and looks at earlier moments.
enum SafetyBenchmarks {
  /// - Parameter carts: a quarter of the events over which the past is read.
  static func run(_ cartio: String, _ folder: String, carts: Int) throws {
    let (file, database) = (folder + "/past.jsonl", folder + "/past.db")
    setenv("CARTIO_DB", database, 1)
    // About a month, as the event log of a shop.
    try Benchmarks.write(carts, to: file, step: 30 * 86_400_000 / Int64(carts))
    guard Benchmarks.run([cartio, "import", file]) else { return print("import failed") }
    try past(database, carts)
    try plan(cartio, folder, carts)
    for name in ["past.jsonl", "past.db", "past.db-wal", "past.db-shm", "plan.lua", "x.plan"] {
      unlink(folder + "/" + name)
    }
  }

  private static func past(_ database: String, _ carts: Int) throws {
    let store = try SQLiteStorageFactory().open(.file(database, readOnly: true), random: { 1 })
    let end = Timestamp(milliseconds: Benchmarks.start).advanced(by: 30 * 86_400_000)
    let shop = try Shop(store: store, clock: { end }, random: { 1 })
    let handler = CommandHandler(shop, mode: .sandbox, actor: .staff("bench"))
    let yesterday = end.advanced(by: -86_400_000)
    for (name, words) in [("status=any", ""), ("country=DE total>30", "country=DE total>30")] {
      var wanted = try FilterParser(zone: .utc, now: end).parse(
        words.split(separator: " ").map(String.init))
      wanted.allowAnyStatus()
      wanted.at = TypedTime(yesterday)
      var found = 0
      let time = Benchmarks.measure(3) {
        handler.beginReading("")
        found = (try? handler.reader.keys(matching: wanted).count) ?? 0
        return found > 0
      }
      print(
        "carts{at = a day back, \(name)} over \(carts * 4) events: \(Benchmarks.text(time)) for "
          + "\(found) carts (at most 1 s wanted)")
    }
    var key: Int64 = 0
    let one = Benchmarks.measure(101) {
      handler.beginReading("")
      key = key % Int64(carts) + 997
      return (try? handler.reader.cart(key % Int64(carts) + 1, at: yesterday)) != nil
    }
    print(".at of one cart: \(Benchmarks.text(one)) (at most 20 ms wanted)")
  }

  /// What a plan over 100,000 carts holds, in a process of its own.
  private static func plan(_ cartio: String, _ folder: String, _ carts: Int) throws {
    let script = folder + "/plan.lua"
    let count = min(100_000, carts)
    let file = try OutputFile(script)
    try file.write(
      """
      for c in carts{status="any", limit=\(count)} do c:set("#1", 5) c:set_address{city="Berlin"} end
      """)
    try file.commit()
    let start = Benchmarks.seconds()
    guard
      let memory = Benchmarks.memory([cartio, "run", script, "--plan", "-o", folder + "/x.plan"])
    else { return print("plan: failed") }
    let time = Benchmarks.seconds() - start
    print(
      "plan over \(count) carts, two changes each: \(Benchmarks.text(time)), \(memory >> 20) MB "
        + "(at most 300 MB wanted)")
  }
}
