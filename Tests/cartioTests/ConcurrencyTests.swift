import CartTesting
import Glibc
import Testing

@Suite(.serialized)
struct ConcurrencyTests {
  let folder = TemporaryFolder()
  var program: Program { Program(folder) }

  private func carts(_ count: Int) {
    var lines = ""
    for cart in 1...count {
      lines += """
        {"type":"product.upserted","at":"2026-11-01T07:00:00Z","sku":"S\(cart % 7)","name":"Ware","price":"2.50","currency":"EUR"}
        {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart\(1000 + cart)"}

        """
    }
    #expect(program.run("import", "-", input: lines).status == 0)
  }

  @Test func fourProcessesLoseNothing() {
    carts(50)
    let edits = 2000
    var pids: [pid_t] = []
    for process in 0..<4 {
      var random = UInt64(process) &* 7919 &+ 13
      var lines = ""
      for _ in 0..<edits {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let cart = 1001 + Int(random >> 33) % 50
        lines += ".add cart\(cart) S\(Int(random >> 40) % 7) 1\n"
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
    let sum = program.run("-e", "carts{status='any'}:sum('quantity')")
    #expect(sum.output == "\(4 * edits)\n")
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
