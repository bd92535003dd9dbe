import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

@testable import CartStoreSQLite

/// The blacklist and the allowlist as they are stored.
struct ListStoreTests {
  @Test("Entries are kept by their ids, and the last one of an id counts")
  func entriesAreKept() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 31)
    var expected: [String: ListEntry] = [:]
    for round in 0..<40 {
      try bare.write { writer in
        for _ in 0..<3 {
          let entry = records.entry("id\(records.random.pick(0...30))")
          try writer.save(entry)
          expected[entry.id] = entry
        }
        if records.random.chance(40), let id = expected.keys.sorted().first,
          let entry = expected.removeValue(forKey: id)
        {
          try writer.remove(entry)
        }
      }
      guard round % 8 == 0 else { continue }
      let sorted = expected.values.sorted { $0.id < $1.id }
      #expect(try bare.store.entries() == sorted)
      #expect(try bare.another().entries() == sorted)
    }
    for (id, entry) in expected { #expect(try bare.store.entry(id) == entry) }
    #expect(try bare.store.entry("nobody") == nil)
  }

  @Test("Entries about the same are found by list, kind and canonical pattern")
  func entriesAboutTheSame() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 32)
    let entries = (0..<60).map { records.entry("id\($0)") }
    try bare.write { writer in for entry in entries { try writer.save(entry) } }
    for entry in entries {
      let expected = entries.filter { $0.list == entry.list && $0.pattern == entry.pattern }
      #expect(
        try bare.store.entries(about: entry).map(\.id) == expected.map(\.id).sorted())
    }
    func entry(_ id: String, _ text: String, _ list: ListEntry.List = .blacklist) throws
      -> ListEntry
    {
      ListEntry(
        id: id, list: list, pattern: try ListEntry.Pattern(.ip, text), author: .staff("anna"),
        created: BareStore.now)
    }
    let block = try entry("block", "192.0.2.128/25")
    try bare.write { try $0.save(block) }
    // One block written in other ways is the same, another length is not.
    for text in ["192.0.2.128/25", "192.0.2.129/25", " 192.0.2.255/25 "] {
      #expect(try bare.store.entries(about: entry("x", text)).map(\.id) == ["block"], "\(text)")
    }
    for text in ["192.0.2.128/24", "192.0.2.128/26", "192.0.2.128", "192.0.2.0/25"] {
      #expect(try bare.store.entries(about: entry("x", text)).isEmpty, "\(text)")
    }
    #expect(try bare.store.entries(about: entry("x", "192.0.2.128/25", .allowlist)).isEmpty)
  }

  @Test("A block that was stored matches the addresses in it, and no others")
  func blocksMatch() throws {
    let bare = try BareStore()
    var random = SeededRandom(seed: 33)
    var blocks: [(bits: UInt32, length: Int, id: String)] = []
    try bare.write { writer in
      for number in 0..<60 {
        let (bits, length) = (UInt32(truncatingIfNeeded: random.next()), random.pick(1...32))
        let text = "\(address(bits))/\(length)"
        try writer.save(
          ListEntry(
            id: "b\(number)", list: .blacklist, pattern: try ListEntry.Pattern(.ip, text),
            author: .staff("anna"), created: BareStore.now))
        blocks.append((bits, length, "b\(number)"))
      }
    }
    let entries = try bare.store.entries()
    for _ in 0..<300 {
      let near = random.pick(blocks)
      let flipped = near.bits ^ (1 << UInt32(random.pick(0...31)))
      let bits = random.chance(50) ? flipped : UInt32(truncatingIfNeeded: random.next())
      var shopper = Shopper()
      shopper[.ip] = address(bits)
      let found = Set(entries.filter { $0.pattern.matches(shopper) }.map(\.id))
      let expected = Set(
        blocks.filter { ($0.bits ^ bits) >> UInt32(32 - $0.length) == 0 }.map(\.id))
      #expect(found == expected, "\(address(bits))")
    }
  }

  private func address(_ bits: UInt32) -> String {
    stride(from: 24, through: 0, by: -8).map { String(bits >> UInt32($0) & 255) }
      .joined(separator: ".")
  }

  @Test("The revision changes with each entry, and with nothing else")
  func revisions() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 34)
    #expect(try bare.store.listsRevision() == 0)
    let entry = records.entry("a")
    try bare.write { try $0.save(entry) }
    #expect(try bare.store.listsRevision() == 1)
    try bare.append([.couponApplied("x", at: nil)])
    #expect(try bare.store.listsRevision() == 1)
    try bare.write { writer in
      try writer.remove(entry)
      try writer.save(entry)
    }
    #expect(try bare.store.listsRevision() == 3)
  }

  @Test("What an operation did to lists and rules is read with the groups that it brought")
  func eventsOfAnOperation() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 35)
    let entries = (0..<4).map { records.entry("e\($0)") }
    let setting = try records.setting()
    let first = try bare.append([.entryAdded(entries[0]), .couponApplied("x", at: nil)], key: "a")
    try bare.append([.entryAdded(entries[1])], key: "b")
    try bare.write { writer in
      let child = try writer.begin(
        Operation(key: "child", actor: .importer, command: "", at: BareStore.now, parent: first))
      for body in [EventBody.entryRemoved(entries[2]), .ruleSet(setting)] {
        try writer.append(
          Event(
            seq: 0, cart: 0, version: 0, operation: child.id, actor: .importer, at: BareStore.now,
            body: body), prev: 0)
      }
    }
    let operation = try #require(try bare.store.operation(first))
    #expect(
      try bare.store.listEvents(of: operation)
        == [.entryAdded(entries[0]), .entryRemoved(entries[2]), .ruleSet(setting)])
    #expect(
      try bare.store.listEvents().map(\.body)
        == [.entryAdded(entries[0]), .entryAdded(entries[1]), .entryRemoved(entries[2])])
    let size = try bare.store.size(of: operation)
    #expect(size.carts == 0)
    #expect(size.events == 4)
  }

  @Test("An entry whose bytes are damaged is named")
  func damage() throws {
    let bare = try BareStore()
    var records = RandomRecords(seed: 36)
    let entry = records.entry("broken")
    try bare.write { try $0.save(entry) }
    try bare.change("UPDATE entry SET data = x'0263' WHERE id = 'broken'")
    #expect(throws: StoreError(.corrupt, "list: entry 'broken' is damaged")) {
      try bare.another().entries()
    }
  }
}
