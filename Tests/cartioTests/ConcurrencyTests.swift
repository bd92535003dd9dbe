import CartEngine
import CartSupport
import CartTesting
import Glibc
import ProgramTesting
import Testing

@Suite(.serialized)
struct ConcurrencyTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func carts(_ count: Int) {
    var lines = ""
    for cart in 1...count {
      lines += """
        {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S\(cart % 8)","name":"Ware","price":"2.50","currency":"EUR"}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart\(1000 + cart)"}

        """
    }
    #expect(program.run("import", "-", input: lines).status == 0)
  }

  /// Each process works on lines of its own in carts that all of them change: every edit must stand
  /// at the end, and none is refused.
  @Test func fourProcessesLoseNothing() {
    carts(50)
    var (pids, expected) = ([pid_t](), [String: Int]())
    for process in 0..<4 {
      var random = SeededRandom(seed: UInt64(process) + 13)
      var lines = ""
      for _ in 0..<2000 {
        let cart = "cart\(1001 + random.pick(0...49))"
        let sku = "S\(random.pick(0...1) * 4 + process)"
        let (key, quantity) = ("\(cart) \(sku)", random.pick(1...9))
        switch (expected[key], random.pick(0...5)) {
        case (nil, _), (_, 0...2):
          lines += ".add \(cart) \(sku) \(quantity)\n"
          expected[key, default: 0] += quantity
        case (_, 3...4):
          lines += ".set \(cart) \(sku) \(quantity)\n"
          expected[key] = quantity
        default:
          lines += ".remove \(cart) \(sku)\n"
          expected[key] = nil
        }
      }
      let input = folder.write("in\(process)", lines)
      var other = program
      other.environment["CARTIO_STAFF"] = "agent\(process)"
      pids.append(
        other.spawn(
          [], input: input, output: folder.file("out\(process)"),
          messages: folder.file("err\(process)")))
    }
    for (process, pid) in pids.enumerated() {
      #expect(Program.wait(pid) == 0, "\(folder.read("err\(process)").suffix(300))")
    }
    let found = program.run(
      "-e",
      """
      for c in carts{status='any'} do for _, l in ipairs(c.lines) do
        print(c.id .. " " .. l.sku .. " " .. l.quantity) end end
      """)
    #expect(
      found.output.split(separator: "\n").sorted()
        == expected.map { "\($0.key) \($0.value)"[...] }.sorted())
    let check = program.run("check")
    #expect(check.status == 0, "\(check.output)")
  }

  /// After each acknowledgement the next edit may be under way when the process is killed.
  @Test func aKilledProcessLosesNothingThatItAcknowledged() throws {
    carts(3)
    var acknowledged = 0
    var random: UInt64 = 5
    for round in 0..<100 {
      let conversation = program.converse([])
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let edits = Int(random >> 33) % 6
      conversation.type(String(repeating: ".add cart1001 S1 1\n", count: 12))
      for _ in 0..<edits where conversation.read(until: "total ") != nil { acknowledged += 1 }
      conversation.kill()
      // What it wrote before it died counts as acknowledged too.
      while conversation.read(until: "total ") != nil { acknowledged += 1 }
      #expect(conversation.finish() == 128 + SIGKILL, "round \(round)")
    }
    let quantity = try #require(
      Int(program.run("-e", "print(cart('cart1001').quantity)").output.filter(\.isNumber)))
    #expect(quantity >= acknowledged && quantity <= acknowledged + 100)
    #expect(program.run("check").status == 0)
  }

  @Test func aFullDiskLosesNothingThatWasAcknowledged() throws {
    carts(3)
    _ = program.run("-e", "return 1")
    let size = try #require(Int(Shell.run("stat -c %s \(folder.file("cartio.db"))")))
    var added = 0
    for point in 0..<50 {
      // No file may grow beyond the limit: from less than the log needs to a little more.
      let limit = (size + point * 1500) / 512
      let lines = String(repeating: ".add cart1001 S1 1\n", count: 20)
      folder.write("lines", lines)
      let output = Shell.run(
        "trap '' XFSZ; ulimit -f \(limit); \(Program.path) --keep-going < \(folder.file("lines")) "
          + "2>\(folder.file("err"))", program.environment)
      added += output.split(separator: "\n").count { $0.contains("total ") }
      let quantity = Int(
        program.run("-e", "print(cart('cart1001').quantity)").output.filter(\.isNumber))
      #expect(quantity == added, "point \(point): \(folder.read("err").suffix(200))")
    }
    let check = program.run("check")
    #expect(check.status == 0, "\(check.output)")
  }
}

/// Imports that come to a sudden end.
@Suite(.serialized)
struct SuddenEndTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  /// Enough for several batches.
  private static let count = 25_000

  private var lines: [String] {
    (0..<Self.count).map { index in
      """
      {"type":"line.added","at":"2026-11-01T07:00:00Z","cart":"cart\(index % 4000)",\
      "sku":"S\(index % 7)","name":"Ware","quantity":1,"price":"2.50","id":"event \(index)"}
      """
    }
  }

  private func pieces() -> Int? {
    Int(program.run("-e", "carts{status='any'}:sum('quantity')").output.filter(\.isNumber))
  }

  @Test func anImportThatIsKilledGoesOnWhereItWas() throws {
    let lines = lines
    var before = 0
    for round in 1...6 {
      let conversation = program.converse(["import", "-"])
      // A pipe holds 64 KiB: what was typed before has been read when this returns.
      conversation.type(lines.prefix(round * 4000).joined(separator: "\n"))
      conversation.kill()
      #expect(conversation.finish() == 128 + SIGKILL, "round \(round)")
      guard let now = pieces() else { continue }
      #expect(now >= before && now <= round * 4000 && program.run("check").status == 0)
      before = now
    }
    #expect(before >= 10_000)
    let rest = program.run("import", "-", input: lines.joined(separator: "\n"))
    #expect(rest.status == 0)
    #expect(pieces() == Self.count)
    #expect(program.run("check").status == 0)
  }

  /// The script reads while a batch is being written on another thread.
  @Test func anImporterThatLooksThingsUpReadsBesideTheWriter() throws {
    let product = """
      {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S1","name":"Ware","price":"2.50","currency":"EUR"}

      """
    #expect(program.run("import", "-", input: product).status == 0)
    let script = folder.write(
      "rows.lua",
      """
      importer "rows" { row = function(r, n, emit)
        local last = carts{status = "any", limit = 1}:first()
        emit{type = "line.added", at = "2026-11-01T08:00:00Z", cart = "c" .. n % 3000, sku = r.sku,
          quantity = 1, price = product(r.sku).price, line = last and last.id:sub(1, 2) .. n or "first"}
      end }
      """)
    let rows = "sku\n" + String(repeating: "S1\n", count: Self.count)
    let result = program.run(
      "import", folder.write("rows.csv", rows), "--using", script)
    #expect(result.status == 0, "\(result.messages.suffix(300))")
    #expect(pieces() == Self.count)
    #expect(program.run("check").status == 0)
  }

  @Test func anImportThatFindsNoRoomGoesOnWhereItWas() throws {
    let input = folder.write("lines", lines.joined(separator: "\n"))
    #expect(program.run("-e", "return 1").status == 0)
    var before = 0
    for point in 1...8 {
      let said = Shell.run(
        "trap '' XFSZ; ulimit -f \(point * 2000); \(Program.path) import \(input) 2>&1",
        program.environment)
      let now = try #require(pieces(), "point \(point)")
      #expect(
        now >= before && (now == Self.count || said.contains("database: ")),
        "point \(point): \(said)")
      #expect(program.run("check").status == 0)
      #expect(point > 1 || now < Self.count)
      before = now
    }
    #expect(program.run("import", input).status == 0)
    #expect(pieces() == Self.count)
    #expect(program.run("check").status == 0)
  }
}

/// A line of sh.
enum Shell {
  static func run(_ line: String, _ environment: [String: String] = [:]) -> String {
    let assignments = environment.map { "export \($0.key)='\($0.value)'; " }.joined()
    guard let stream = popen(assignments + line, "r") else { return "" }
    defer { pclose(stream) }
    var text = ""
    var chunk = [CChar](repeating: 0, count: 4096)
    while fgets(&chunk, Int32(chunk.count), stream) != nil {
      text += String(decoding: chunk.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
