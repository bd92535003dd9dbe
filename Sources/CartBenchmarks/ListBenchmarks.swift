import CartEngine
import CartModel
import CartSupport

/// Look-ups in long lists.
enum ListBenchmarks {
  static func run() throws {
    var random = SeededRandom(seed: 1)
    func address() -> String {
      (0..<4).map { _ in String(random.pick(0...255)) }.joined(separator: ".")
    }
    let blocks = try (0..<100_000).map { _ in
      try AddressBlock("\(address())/\(random.pick(16...32))")
    }
    let index = AddressIndex(blocks)
    let asked = (0..<1000).map { _ in address() }
    var found = 0
    let rounds = 500
    let start = Benchmarks.seconds()
    for _ in 0..<rounds {
      for text in asked where index.block(of: text) != nil { found += 1 }
    }
    let each = (Benchmarks.seconds() - start) / Double(rounds * asked.count)
    print(
      "an address among 100000 blocks: \((each * 1e9).rounded()) ns (at most 2000 wanted), "
        + "\(found / rounds) of 1000 hit")
  }
}
