import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartSupport

/// `cartio import FILE --as-type blacklist|allowlist`: entries of a list, one a line.
public struct ListImportCommand {
  public var path: String
  public var list: ListEntry.List
  /// Of the file; nil for UTF-8, or UTF-16 with a byte order mark.
  public var encoding: TextEncoding?
  public var rejectsPath: String?
  public var isStrict = false

  public init(path: String, list: ListEntry.List) {
    self.path = path
    self.list = list
  }

  /// - Returns: `done`, or `partly` where some lines could not be taken in.
  public func run(_ home: Home) throws -> ConsoleError.Exit {
    let console = try Commands.batch(home)
    defer { console.close() }
    return try run(console)
  }

  /// As `run`, in a console that is open.
  func run(_ console: Console) throws -> ConsoleError.Exit {
    let home = console.home
    let target = rejectsPath ?? ImportCommand.rejectsPath(for: path, home)
    try home.checkTarget(target, reading: [path])
    let rejects = try RejectsFile(target, isAskedFor: rejectsPath != nil)
    let (file, rows, refused) = try read(
      rejects, StreamWait(until: home.readingDeadline),
      FilterParser(zone: console.shop.zone, now: console.handler.now))
    try rejects.close()
    if !file.ignored.isEmpty {
      console.io.messages(
        "\(path): the import sets \(file.ignored.joined(separator: " and ")); not read from the file"
      )
    }
    if file.remarks > 0 {
      console.io.messages(
        "\(path): \(file.remarks) lines have more than an entry; what stands behind it was not read"
      )
    }
    guard refused == 0 || !isStrict else {
      throw ConsoleError(
        .failed, "\(refused) lines cannot be taken in; nothing was imported; see \(rejects.path)")
    }
    let handler = console.handler
    handler.begin("import \(Files.name(path))")
    let preview = try handler.run.lists.preview(rows.filter { $0.list == .blacklist })
    try console.confirm(
      preview, "the \(rows.count) entries of \(path)", confirmed: nil)
    var count = 0
    try console.perform("import \(Files.name(path))") { count = try handler.run.lists.add(rows) }
    let expired = rows.count { $0.expires.map { $0 <= handler.now } ?? false }
    console.io.messages(
      "\(path): \(count) entries added, \(rows.count - count - expired) skipped (already there)"
        + (expired > 0 ? ", \(expired) skipped (expired)" : "")
        + (refused > 0 ? ", \(refused) lines rejected, see \(rejects.path)" : ""))
    return refused == 0 ? .done : .partly
  }

  private func read(_ rejects: RejectsFile, _ wait: StreamWait, _ times: FilterParser) throws
    -> (file: ListFile, rows: [ListRow], refused: Int)
  {
    let reader = try LineReader(path, encoding: encoding, wait: wait)
    var (file, rows, refused) = (
      ListFile(reader, list: list, times: times), [ListRow](), 0
    )
    func next() throws(EngineError) -> ListFile.Item? {
      do throws(EngineError) { return try file.next() } catch {
        guard error.code == .malformed else { throw error }
        throw EngineError(.malformed, "\(path): \(error.message)")
      }
    }
    while let item = try next() {
      switch item {
      case .rows(let found): rows += found
      case .reject(let reject):
        refused += 1
        try rejects.add(reject)
      }
    }
    return (file, rows, refused)
  }
}
