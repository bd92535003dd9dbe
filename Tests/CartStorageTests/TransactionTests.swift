import CartModel
import CartStorage
import CartSupport
import CartTesting
import Testing

/// What a transaction promises, over all kinds of storage.
struct TransactionTests {
  struct Failure: Error {}

  @Test("A transaction that fails leaves nothing", arguments: StorageKind.allCases)
  func rollsBack(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.append([.cartCreated(.eur, [])], cart: 1, key: "a")
    var records = RandomRecords(seed: 3)
    let (entry, product) = (records.entry(), records.product("SKU"))
    var shopper = Shopper()
    shopper[.email] = "a@b.de"
    #expect(throws: Failure.self) {
      try bare.write { writer in
        let begun = try writer.begin(
          Operation(key: "lost", actor: .staff("ben"), command: "x", at: Bare.now))
        try writer.append(
          Event(
            seq: 0, cart: 2, version: 1, operation: begun.id, actor: .staff("ben"), at: Bare.now,
            body: .cartCreated(.eur, [])), prev: 0)
        try writer.save(Cart(key: 2, id: "c2", currency: .eur, at: Bare.now))
        try writer.add(alias: "c2", for: 2)
        try writer.add(order: "1001", for: 2)
        try writer.save(entry)
        try writer.save(product)
        try writer.save(customer: "7", shopper)
        try writer.set("x", "1")
        try writer.save(source: "d", "text")
        try writer.count(ProductCount(sku: "SKU", name: "S", added: 1), at: Bare.now)
        throw Failure()
      }
    }
    let store = bare.store
    #expect(try store.lastSeq() == 1 && store.cartCount() == 1 && store.lastCart() == 1)
    #expect(try store.cart(2) == nil && store.key(named: "c2") == nil)
    #expect(try store.key(order: "1001") == nil && store.operation(key: "lost") == nil)
    #expect(try store.entries().isEmpty && store.product("SKU") == nil)
    #expect(try store.customer("7") == nil && store.meta("x") == "" && store.source("d") == nil)
    #expect(try store.counts(from: .min, until: .max).isEmpty)
    // The numbers that were given are given again, to others.
    #expect(try bare.append([.cartCreated(.usd, [])], cart: 2, key: "b") == 2)
    #expect(try store.lastSeq() == 2)
    #expect(try store.check(productChanges: { _ in [] }).problems == [])
  }

  @Test("A transaction reads what it wrote, and nobody else does", arguments: StorageKind.allCases)
  func readsItself(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let sibling = try bare.store.sibling()
    let refused = StoreError(
      .other, "database: a transaction is under way; read and write through it")
    try bare.write { writer in
      #expect(bare.store.isWriting)
      let key = try writer.nextCart()
      #expect(try key == 1 && writer.nextCart() == 2)
      try writer.save(Cart(key: key, id: "new", currency: .eur, at: Bare.now))
      try writer.add(alias: "new", for: key)
      try writer.set("x", "1")
      #expect(try writer.cart(key)?.id == "new" && writer.key(named: "new") == key)
      #expect(try writer.meta("x") == "1" && writer.lastCart() == 1)
      #expect(throws: refused) { try bare.store.cart(key) }
      #expect(throws: refused) { try bare.store.meta("x") }
      #expect(try sibling.cart(key) == nil && sibling.meta("x") == "")
    }
    #expect(!bare.store.isWriting)
    #expect(try bare.store.meta("x") == "1" && sibling.meta("x") == "1")
    sibling.close()
    #expect(throws: StoreError.self) { try sibling.meta("x") }
  }

  @Test("A token changes when others commit, and only then", arguments: StorageKind.allCases)
  func tokens(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let sibling = try bare.store.sibling()
    let before = try bare.store.revision()
    try bare.write { try $0.set("x", "1") }
    #expect(try bare.store.revision() == before)
    bare.store.look()
    let seen = bare.store.seen
    bare.store.look()
    #expect(bare.store.seen == seen)
    _ = try sibling.write(recorded: Bare.now) { try $0.set("x", "2") }
    let after = try bare.store.revision()
    #expect(after != before)
    bare.store.look()
    #expect(bare.store.seen != seen)
    try bare.write { writer in #expect(writer.revision == after) }
    #expect(bare.store.seen.writes == seen.writes + 1)
  }

  @Test("A snapshot is of one state until it is refreshed", arguments: StorageKind.allCases)
  func snapshots(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.append([.cartCreated(.eur, [])], cart: 1, key: "a")
    let snapshot = try bare.store.snapshot()
    #expect(try snapshot.lastSeq() == 1)
    try bare.append([.cartCreated(.eur, [])], cart: 2, key: "b")
    #expect(try snapshot.lastSeq() == 1 && snapshot.cart(2) == nil)
    try snapshot.refresh()
    #expect(try snapshot.lastSeq() == 2 && snapshot.cart(2)?.id == "c2")
    snapshot.close()
    snapshot.close()
    #expect(throws: StoreError.self) { try snapshot.lastSeq() }
  }

  @Test(
    "A transaction in a transaction is refused, and the outer one goes on",
    arguments: StorageKind.allCases)
  func nested(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.write { writer in
      try writer.set("x", "1")
      #expect(throws: StoreError.isWriting) { try bare.write { try $0.set("x", "2") } }
      #expect(bare.store.isWriting)
      #expect(throws: StoreError.isWriting) { try bare.store.meta("x") }
      try writer.set("y", "1")
    }
    #expect(try bare.store.meta("x") == "1" && bare.store.meta("y") == "1")
  }

  @Test("What is closed refuses all, also to write", arguments: StorageKind.allCases)
  func closed(kind: StorageKind) throws {
    let bare = try Bare(kind)
    bare.store.close()
    #expect(throws: StoreError.isClosed) { try bare.store.lastSeq() }
    #expect(throws: StoreError.isClosed) { try bare.write { try $0.set("x", "1") } }
    if kind == .sqlite {
      #expect(throws: StoreError.isClosed) { try bare.store.writesMuch(true) }
      #expect(throws: StoreError.isClosed) { try bare.store.checkpoint() }
      #expect(throws: StoreError.isClosed) { try bare.store.sync(.full) }
    }
  }

  @Test(
    "A second name, order or job of the same is refused and changes nothing",
    arguments: StorageKind.allCases)
  func refusedInside(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.append([.cartCreated(.eur, [])], cart: 1, key: "a")
    try bare.append([.cartCreated(.eur, [])], cart: 2, key: "b")
    let job = Job(
      operation: "b", place: "s.lua:1", ordinal: 0, command: "x", origin: "{}",
      actor: .staff("anna"), at: Bare.now, total: 1)
    try bare.write { writer in
      try writer.add(alias: "n", for: 1)
      try writer.add(order: "1001", for: 1)
      #expect(throws: StoreError.self) { try writer.add(alias: "n", for: 2) }
      #expect(throws: StoreError.self) { try writer.add(order: "1001", for: 2) }
      #expect(try writer.begin(job, carts: [1], made: []) == 1)
      #expect(throws: StoreError.self) { try writer.begin(job, carts: [2], made: []) }
    }
    #expect(try bare.store.key(named: "n") == 1 && bare.store.key(order: "1001") == 1)
    #expect(try bare.store.jobs(limit: 5).count == 1)
  }

  @Test("A snapshot that is refreshed says that others wrote", arguments: StorageKind.allCases)
  func refreshed(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.append([.cartCreated(.eur, [])], cart: 1, key: "a")
    let snapshot = try bare.store.snapshot()
    try snapshot.refresh()
    let before = snapshot.seen
    try bare.append([.cartCreated(.eur, [])], cart: 2, key: "b")
    try snapshot.refresh()
    #expect(snapshot.seen != before)
    snapshot.close()
  }

  @Test("An operation of a key is begun once", arguments: StorageKind.allCases)
  func beginsOnce(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let first = try bare.append([.cartCreated(.eur, [])], cart: 1, key: "same")
    try bare.write { writer in
      let again = try writer.begin(
        Operation(key: "same", actor: .sync, command: "other", at: Bare.now))
      #expect(again == (first, false))
      let new = try writer.begin(
        Operation(key: "new", actor: .sync, command: "other", at: Bare.now, reason: "why"))
      #expect(new == (first + 1, true))
    }
    #expect(try bare.store.operation(first)?.command == "test")
    let new = try #require(try bare.store.operation(first + 1))
    #expect(new.reason == "why" && new.extent == .init(first: 2, last: 1))
  }

  @Test("An event of a key, a name and an order are there once", arguments: StorageKind.allCases)
  func unique(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let id = try bare.append([], key: "a")
    func event(_ seq: Int64) throws {
      try bare.write { writer in
        _ = try writer.append(
          Event(
            seq: seq, cart: 0, version: 0, operation: id, actor: .sync, at: Bare.now,
            body: .couponApplied("x", at: nil)), prev: 0, key: EventKey(high: 1, low: 1),
          origin: "o")
      }
    }
    try event(1)
    #expect(throws: StoreError.self) { try event(2) }
    #expect(try bare.store.lastSeq() == 1)
    #expect(try bare.store.hasEvent(EventKey(high: 1, low: 1)))
    #expect(try !bare.store.hasEvent(EventKey(high: 1, low: 2)))
    #expect(try bare.store.lastEventKey() == EventKey(high: 1, low: 1))
    try bare.write { try $0.add(alias: "n", for: 1) }
    #expect(throws: StoreError.self) { try bare.write { try $0.add(alias: "n", for: 2) } }
    try bare.write { try $0.add(order: "n", for: 1) }
    #expect(throws: StoreError.self) { try bare.write { try $0.add(order: "n", for: 2) } }
    #expect(try bare.store.key(named: "n") == 1 && bare.store.key(order: "n") == 1)
  }

  @Test("Names are the same only letter by letter", arguments: StorageKind.allCases)
  func names(kind: StorageKind) throws {
    let bare = try Bare(kind)
    let names = RandomRecords.texts.filter { !$0.isEmpty && !$0.contains("\0") }
    try bare.write { writer in
      for (index, name) in names.enumerated() {
        try writer.add(alias: name, for: Int64(index + 1))
      }
    }
    let found = try bare.store.keys(named: names + ["nobody"])
    #expect(found == names.indices.map { Int64($0 + 1) } + [nil])
    for prefix in ["", "a", "é", "e\u{301}", "%", "\"", "x"] {
      let expected = names.enumerated().filter { $0.element.utf8.starts(with: prefix.utf8) }
        .sorted { $0.element.utf8.lexicographicallyPrecedes($1.element.utf8) }
        .map { Int64($0.offset + 1) }
      if !prefix.isEmpty {
        #expect(try bare.store.keys(prefix: prefix, limit: 99) == expected, "\(prefix)")
        #expect(try bare.store.keys(prefix: prefix, limit: 1) == Array(expected.prefix(1)))
      }
    }
  }

  @Test("A reader writes nothing", arguments: StorageKind.allCases)
  func readers(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.write { try $0.set("x", "1") }
    let reader = try bare.store.reader()
    #expect(reader.isReadOnly)
    #expect(try reader.meta("x") == "1")
    #expect { try reader.write(recorded: Bare.now) { _ in } } throws: {
      ($0 as? StoreError)?.code == .readOnly
    }
    reader.close()
    let scratch = try bare.store.scratch { 4 }
    #expect(scratch.isInMemory)
    #expect(try scratch.meta("x") == "")
    _ = try scratch.write(recorded: Bare.now) { try $0.set("x", "2") }
    #expect(try bare.store.meta("x") == "1")
  }

  @Test("A read of many rows can be stopped", arguments: StorageKind.allCases)
  func stopping(kind: StorageKind) throws {
    let bare = try Bare(kind)
    try bare.append((0..<3000).map { .couponApplied("c\($0)", at: nil) }, key: "a")
    bare.store.shouldStop = { true }
    #expect { try bare.store.forEachEventByTime { _ in } } throws: {
      ($0 as? StoreError)?.code == .interrupted
    }
    try bare.write { try $0.set("x", "1") }
    bare.store.shouldStop = nil
    #expect(try bare.store.meta("x") == "1")
  }
}
