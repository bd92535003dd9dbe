import CartEngine
import CartExchange
import CartModel
import CartSupport

/// Imports entries of a list from a file, one a line, into an open home.
public struct ListImport {
  /// The result of an import.
  public struct Result {
    public var added: Int
    /// Entries that the list has already.
    public var known: Int
    public var expired: Int
    public var refused: Int
    public var rejectsPath: String
  }

  private let question: ImportQuestion
  private let list: ListEntry.List
  private let application: Application
  private var home: Home { application.home }
  private var path: String { question.path }
  /// Told whom the entries of the blacklist hit, before it is asked about, and how many they are.
  public var showing: (ListPreview, _ entries: Int) -> Void = { _, _ in }

  public init(_ question: ImportQuestion, _ list: ListEntry.List, _ application: Application) {
    (self.question, self.list, self.application) = (question, list, application)
  }

  /// Adds the entries as one operation.
  ///
  /// - Throws: `failed` where a strict import has rejects; `unconfirmed` for a dangerous file.
  public func run() throws -> Result {
    let target = question.rejectsPath ?? RejectsFile.path(for: path, home)
    try home.checkTarget(target, reading: [path])
    let rejects = try RejectsFile(
      target, isAskedFor: question.rejectsPath != nil, wait: application.wait)
    let handler = application.handler
    let (file, rows, refused) = try read(
      rejects, application.wait,
      FilterParser(zone: application.shop.zone, now: handler.now))
    try rejects.close()
    if !file.ignored.isEmpty {
      application.messages(
        "\(path): the import sets \(file.ignored.joined(separator: " and ")); not read from the file"
      )
    }
    if file.remarks > 0 {
      application.messages(
        "\(path): \(CountText.count(file.remarks, "line")) with more than an entry; the rest of these was "
          + "not read"
      )
    }
    guard refused == 0 || !question.isStrict else {
      throw ApplicationError(
        .failed,
        "\(CountText.count(refused, "line")) \(refused == 1 ? "is" : "are") rejected; nothing was imported; see \(rejects.path)"
      )
    }
    let command = "import \(Files.name(path))"
    try application.begin(command).lists.confirm(adding: rows) {
      showing($0, rows.count { $0.list == .blacklist })
    }
    var count = 0
    try application.perform(command) { run in count = try run.lists.add(rows) }
    let expired = rows.count { $0.expires.map { $0 <= handler.now } ?? false }
    return Result(
      added: count, known: rows.count - count - expired, expired: expired, refused: refused,
      rejectsPath: rejects.path)
  }

  private func read(_ rejects: RejectsFile, _ wait: StreamWait, _ times: FilterParser) throws
    -> (file: ListFile, rows: [ListRow], refused: Int)
  {
    let reader = try LineReader(path, encoding: question.encoding, wait: wait)
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
