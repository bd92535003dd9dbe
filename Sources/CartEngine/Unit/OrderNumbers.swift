import CartStorage

/// The next free number for an order of our own.
enum OrderNumbers {
  private static let first: Int64 = 1001

  static func next(_ store: any StorageReads, taken: (String) throws -> Bool) throws -> String {
    var number = max(first, Int64(try store.meta(SettingName.nextOrder)) ?? first)
    while try taken(String(number)) { number += 1 }
    return String(number)
  }

  static func took(_ id: String, _ writer: any WriteTransaction) throws {
    guard let number = Int64(id), number < 1 << 53,
      number >= Int64(try writer.meta(SettingName.nextOrder)) ?? first
    else { return }
    try writer.set(SettingName.nextOrder, String(number + 1))
  }
}
