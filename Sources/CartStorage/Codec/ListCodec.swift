import CartModel
import CartSupport

/// How an entry of a list becomes bytes. Tags are for ever: never change or reuse one.
package enum ListCodec {
  /// The same for entries of one list that are about the same.
  package static func about(_ entry: ListEntry) -> String {
    "\(entry.list.rawValue) \(entry.pattern.kind.rawValue) \(entry.pattern.text)"
  }

  package static func write(_ entry: ListEntry, _ writer: inout ByteWriter) {
    writer.int(1, Int64(entry.list.rawValue))
    writer.int(2, Int64(entry.pattern.kind.rawValue))
    writer.text(3, entry.pattern.text)
    writer.text(4, entry.reason)
    writer.text(5, entry.tell)
    writer.text(6, entry.author.description)
    writer.int(7, entry.created.milliseconds)
    if let expires = entry.expires { writer.int(8, expires.milliseconds) }
  }

  package static func entry(_ id: String, _ bytes: UnsafeRawBufferPointer) throws(StoreError)
    -> ListEntry
  {
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

  package static func entry(
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
