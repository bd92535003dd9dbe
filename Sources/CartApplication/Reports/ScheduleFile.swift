import CartEngine
import CartModel
import CartReports
import CartSupport
import Glibc

/// The list of regular reports beside a shop, and the log of what became of them.
public struct ScheduleFile {
  private let home: Home
  var folder: String { home.folder + "/reports" }
  private var path: String { folder + "/schedule.json" }
  private var logPath: String { folder + "/log.jsonl" }

  public init(_ home: Home) { self.home = home }

  /// Removes one.
  ///
  /// - Parameter word: its number, or the report where only one schedule has it.
  /// - Returns: what was removed.
  /// - Throws: `notFound`, `ambiguous`.
  public func remove(_ word: String) throws -> Schedule {
    try change { schedules in
      let meant = schedules.filter { String($0.number) == word || $0.report == word }
      guard let only = meant.first, meant.count == 1 else {
        throw EngineError(
          meant.isEmpty ? .notFound : .ambiguous,
          "schedule \(quoted(word)): "
            + (meant.isEmpty
              ? "not found; see schedule list"
              : "several are meant: " + meant.map { String($0.number) }.joined(separator: ", ")))
      }
      schedules.removeAll { $0.number == only.number }
      return only
    }
  }

  /// Changes the schedules while nobody else does; what was changed before an error stays.
  ///
  /// - Throws: `usage` where nothing may be written.
  func change<T>(_ body: (inout [Schedule]) throws -> T) throws -> T {
    guard !home.access.isReadOnly, home.sources.now == nil else {
      throw ApplicationError.usage("schedule: writes; not with --read-only or --now")
    }
    try Files.makeFolder(folder)
    let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
      throw EngineError(.file, "file \(path).lock: cannot be locked")
    }
    defer { close(lock) }
    let before = try read()
    var schedules = before
    let result: T
    do { result = try body(&schedules) } catch {
      if schedules != before { try save(schedules) }
      throw error
    }
    if schedules != before { try save(schedules) }
    return result
  }

  static func replace(_ path: String, _ text: String) throws {
    let file = try OutputFile(path)
    try file.write(text)
    try file.commit()
  }

  func log(_ own: Schedule, _ now: Timestamp, _ error: String?) throws {
    var writer = JSONWriter()
    writer.object {
      $0.string("at", now.description)
      $0.number("number", own.number)
      $0.string("report", own.report)
      $0.string("to", own.target)
      $0.string("outcome", error == nil ? "written" : "failed")
      if let error { $0.string("error", error) }
    }
    writer.newline()
    try Files.append(writer.bytes, to: logPath, permissions: 0o666)
  }

  /// All of them, by their numbers.
  ///
  /// - Throws: `malformed`, `file`.
  public func read() throws -> [Schedule] {
    guard Files.exists(path) else { return [] }
    guard case .array(let items) = try JSONParser.parse(try Files.text(path)) else {
      throw EngineError(.malformed, "\(path): expected a list")
    }
    return try items.map { item in
      func text(_ key: String) throws -> String {
        guard let text = item[key]?.scalar else {
          throw EngineError(.malformed, "\(path): a schedule without \(quoted(key))")
        }
        return text
      }
      var (words, options) = ([String](), [String: String]())
      if case .array(let list)? = item["words"] { words = list.compactMap(\.string) }
      if case .object(let members)? = item["options"] {
        for member in members { options[member.key] = member.value.scalar }
      }
      return Schedule(
        number: Int64(try text("number")) ?? 0, report: try text("report"), words: words,
        options: options, every: try ScheduleTime(try text("every")), target: try text("to"),
        last: try Timestamp(try text("last")),
        // Written before this was noted: it may have run.
        hasRun: item["ran"].map { $0 == .bool(true) } ?? true)
    }
  }

  private func save(_ schedules: [Schedule]) throws {
    var writer = JSONWriter()
    writer.array { writer in
      for own in schedules {
        writer.object { writer in
          writer.number("number", own.number)
          writer.string("report", own.report)
          writer.array("words") { for word in own.words { $0.string(nil, word) } }
          writer.object("options") {
            for option in own.options.sorted(by: { $0.key < $1.key }) {
              $0.string(option.key, option.value)
            }
          }
          writer.string("every", own.every.text)
          writer.string("to", own.target)
          writer.string("last", own.last.description)
          writer.bool("ran", own.hasRun)
        }
      }
    }
    writer.newline()
    try Self.replace(path, writer.text)
  }
}
