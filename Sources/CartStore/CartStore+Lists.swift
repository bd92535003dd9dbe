import CartModel
import CartSupport

/// The blacklist and the allowlist.
extension CartStore {
  /// All entries, by their ids; those that have expired too.
  public func entries() throws(StoreError) -> [ListEntry] {
    try stepping { statements in
      let rows = try statements.fresh("SELECT id, data FROM entry ORDER BY id")
      var list: [ListEntry] = []
      while try rows.step() { list.append(try ListCodec.entry(rows.text(0), rows.bytes(1))) }
      return list
    }
  }

  public func entry(_ id: String) throws(StoreError) -> ListEntry? {
    try read {
      let statement = try $0("SELECT id, data FROM entry WHERE id = ?")
      statement.bind(1, id)
      defer { statement.reset() }
      guard try statement.step() else { return nil }
      return try ListCodec.entry(statement.text(0), statement.bytes(1))
    }
  }

  /// The entries of the same list about the same.
  public func entries(about entry: ListEntry) throws(StoreError) -> [ListEntry] {
    try read {
      let statement = try $0("SELECT id, data FROM entry WHERE about = ? ORDER BY id")
      statement.bind(1, ListCodec.about(entry))
      var list: [ListEntry] = []
      while try statement.step() {
        list.append(try ListCodec.entry(statement.text(0), statement.bytes(1)))
      }
      return list
    }
  }

  /// All that was ever done to the lists, in order.
  public func listEvents() throws(StoreError) -> [Event] {
    try stepping { statements in
      let rows = try statements.fresh(
        "\(Statements.selectEvent) WHERE cart IS NULL AND type IN (?, ?) ORDER BY seq")
      rows.bind(1, Int64(EventType.entryAdded.rawValue))
      rows.bind(2, Int64(EventType.entryRemoved.rawValue))
      var list: [Event] = []
      while try rows.step() { list.append(try statements.entry(rows).event) }
      return list
    }
  }

  /// What an operation did to the lists and to what is set of rules, in order.
  public func listEvents(of operation: Operation) throws(StoreError) -> [EventBody] {
    try read { statements in
      let rows = try statements(
        "\(Statements.selectEvent) WHERE \(Statements.isOfOperation) AND cart IS NULL "
          + "AND type IN (?4, ?5, ?6) ORDER BY seq")
      rows.bind(operation)
      rows.bind(4, Int64(EventType.entryAdded.rawValue))
      rows.bind(5, Int64(EventType.entryRemoved.rawValue))
      rows.bind(6, Int64(EventType.ruleSet.rawValue))
      defer { rows.reset() }
      var list: [EventBody] = []
      while try rows.step() { list.append(try statements.entry(rows).event.body) }
      return list
    }
  }

  /// Changes whenever an entry does.
  public func listsRevision() throws(StoreError) -> Int64 {
    Int64(try meta("lists")) ?? 0
  }
}

extension StoreWriter {
  public func save(_ entry: ListEntry) throws(StoreError) {
    var bytes = ByteWriter()
    ListCodec.write(entry, &bytes)
    let statement = try statements("INSERT OR REPLACE INTO entry VALUES(?, ?, ?)")
    statement.bind(1, entry.id)
    statement.bind(2, ListCodec.about(entry))
    statement.bind(3, bytes.bytes)
    try statement.run()
    try touchLists()
  }

  public func remove(_ entry: ListEntry) throws(StoreError) {
    let statement = try statements("DELETE FROM entry WHERE id = ?")
    statement.bind(1, entry.id)
    try statement.run()
    try touchLists()
  }

  private func touchLists() throws(StoreError) {
    let statement = try statements(
      """
      INSERT INTO meta VALUES('lists', '1')
      ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1
      """)
    try statement.run()
  }
}

/// How an entry of a list becomes bytes. Tags are for ever: never change or reuse one.
enum ListCodec {
  /// The same for entries of one list that are about the same.
  static func about(_ entry: ListEntry) -> String {
    "\(entry.list.rawValue) \(entry.pattern.kind.rawValue) \(entry.pattern.text)"
  }

  static func write(_ entry: ListEntry, _ writer: inout ByteWriter) {
    writer.int(1, Int64(entry.list.rawValue))
    writer.int(2, Int64(entry.pattern.kind.rawValue))
    writer.text(3, entry.pattern.text)
    writer.text(4, entry.reason)
    writer.text(5, entry.tell)
    writer.text(6, entry.author.description)
    writer.int(7, entry.created.milliseconds)
    if let expires = entry.expires { writer.int(8, expires.milliseconds) }
  }

  static func entry(_ id: String, _ bytes: UnsafeRawBufferPointer) throws(StoreError) -> ListEntry {
    var reader = ByteReader(bytes)
    var (numbers, texts) = ([UInt8: Int64](), [UInt8: String]())
    while let (tag, field) = try reader.next() {
      switch tag {
      case 3...6: texts[tag] = field.text
      default: numbers[tag] = field.number
      }
    }
    return try entry(
      id: id, list: numbers[1] ?? 0, kind: numbers[2] ?? 0, text: texts[3] ?? "",
      reason: texts[4] ?? "", tell: texts[5] ?? "", author: texts[6] ?? "",
      created: numbers[7] ?? 0, expires: numbers[8])
  }

  static func entry(
    id: String, list: Int64, kind: Int64, text: String, reason: String, tell: String,
    author: String, created: Int64, expires: Int64?
  ) throws(StoreError) -> ListEntry {
    guard let list = ListEntry.List(rawValue: UInt8(clamping: list)),
      let kind = ListEntry.Kind(rawValue: UInt8(clamping: kind)),
      let actor = try? Actor(author)
    else { throw StoreError(.corrupt, "list: entry \(quoted(id)) is damaged") }
    // A person who was forgotten leaves an entry that is about nobody.
    let pattern =
      (try? ListEntry.Pattern(kind, text)) ?? .email(.nobody)
    return ListEntry(
      id: id, list: list, pattern: pattern, reason: reason, tell: tell, author: actor,
      created: Timestamp(milliseconds: created),
      expires: expires.map { Timestamp(milliseconds: $0) })
  }
}
