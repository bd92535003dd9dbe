import Glibc

/// A write-ahead log read as a file (SQLite, "WAL-mode File Format").
struct LogFile {
  /// Where the newest committed content of each page stands in the log.
  private(set) var pages: [(number: UInt32, offset: Int64)] = []
  private var pageSize = 0
  private let path: String

  private static let headerSize = 32
  private static let frameHeaderSize = 24

  /// - Throws: nothing; a log that cannot be read, or holds no commit, has no pages.
  init(_ path: String) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard let header = Self.bytes(descriptor, 0, Self.headerSize),
      Self.number(header, 0) & ~1 == 0x377f_0682
    else { return }
    pageSize = Int(Self.number(header, 8))
    guard (512...65_536).contains(pageSize) else { return }
    var committed: [UInt32: Int64] = [:]
    var pending: [UInt32: Int64] = [:]
    var offset = Int64(Self.headerSize)
    while let frame = Self.bytes(descriptor, offset, Self.frameHeaderSize),
      frame[8..<16] == header[16..<24]
    {
      pending[Self.number(frame, 0)] = offset + Int64(Self.frameHeaderSize)
      if Self.number(frame, 4) != 0 {
        committed.merge(pending) { $1 }
        pending = [:]
      }
      offset += Int64(Self.frameHeaderSize + pageSize)
    }
    pages = committed.map { ($0.key, $0.value) }.sorted { $0.number < $1.number }
  }

  /// Whether the main file holds at least one page as the log does: a checkpoint wrote it there.
  func hasReached(_ main: MainFile) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return pages.contains { page in
      guard let logged = Self.bytes(descriptor, page.offset, pageSize),
        let stored = try? main.bytes(at: (Int64(page.number) - 1) * Int64(pageSize), pageSize)
      else { return false }
      return logged == stored
    }
  }

  /// Whether the newest content of one of its pages has these bytes in it.
  func holds(_ wanted: [UInt8]) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return pages.contains { page in
      Self.bytes(descriptor, page.offset, pageSize)?.firstRange(of: wanted) != nil
    }
  }

  private static func bytes(_ descriptor: Int32, _ offset: Int64, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return pread(descriptor, &bytes, count, off_t(offset)) == count ? bytes : nil
  }

  private static func number(_ bytes: [UInt8], _ index: Int) -> UInt32 {
    bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
