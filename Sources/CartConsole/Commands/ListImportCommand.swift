import CartEngine
import CartModel

/// `cartio import FILE --as-type blacklist|allowlist`: entries of a list, one a line.
public struct ListImportCommand {
  public var path: String
  public var list: ListEntry.List
  public var rejectsPath: String?
  public var isStrict = false

  public init(path: String, list: ListEntry.List) {
    self.path = path
    self.list = list
  }

  /// - Returns: `done`, or `partly` where some lines could not be taken in.
  public func run(_ workplace: Workplace) throws -> ConsoleError.Exit {
    let console = try Commands.batch(workplace)
    defer { console.close() }
    let target = rejectsPath ?? ImportCommand.rejectsPath(for: path, workplace)
    try workplace.checkTarget(target, reading: [path])
    let rejects = try RejectsFile(target, isAskedFor: rejectsPath != nil)
    let (rows, refused) = try read(rejects, StreamWait(until: workplace.readingDeadline))
    try rejects.close()
    guard refused == 0 || !isStrict else {
      throw ConsoleError(
        .failed, "\(refused) lines cannot be taken in; nothing was imported; see \(rejects.path)")
    }
    let handler = console.handler
    handler.begin("import \(Files.name(path))")
    let preview = try handler.preview(rows.filter { $0.list == .blacklist })
    try console.confirm(
      preview, "the \(rows.count) entries of \(path)", confirmed: nil)
    var count = 0
    try console.perform("import \(Files.name(path))") { count = try handler.add(rows) }
    console.io.messages(
      "\(path): \(count) entries added, \(rows.count - count) skipped (already there)"
        + (refused > 0 ? ", \(refused) lines rejected, see \(rejects.path)" : ""))
    return refused == 0 ? .done : .partly
  }

  private func read(_ rejects: RejectsFile, _ wait: StreamWait) throws
    -> (rows: [ListFile.Row], refused: Int)
  {
    let reader = try LineReader(path, wait: wait)
    var (file, rows, refused) = (ListFile(list: list), [ListFile.Row](), 0)
    while let line = try reader.next() {
      let text = String(decoding: line, as: UTF8.self)
      do throws(EngineError) {
        if let row = try file.row(text) { rows.append(row) }
      } catch {
        refused += 1
        try rejects.add(
          Reject(line: reader.number, reason: error.message, text: String(text.prefix(4096))))
      }
    }
    return (rows, refused)
  }
}
