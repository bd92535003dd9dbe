import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport
import Glibc

/// One regular report.
struct Schedule: Equatable {
  var number: Int64
  var report: String
  var words: [String]
  /// `since`, `period`, `by`, `compare`.
  var options: [String: String]
  var every: ScheduleTime
  /// Where it is written; its ending says how.
  var target: String
  /// When it last was, or was asked for.
  var last: Timestamp
  /// Whether it was ever written.
  var hasRun = false

  /// When it is due; a last time that is still to come is of a clock that was ahead.
  func next(_ shop: Shop) -> Timestamp { every.next(after: min(last, shop.now()), shop.zone) }
}

/// `cartio schedule`: regular reports, kept beside the shop, run by cron or a timer.
public struct ScheduleCommand {
  private let home: Home
  private let io: ConsoleIO

  public init(_ home: Home, _ io: ConsoleIO) {
    (self.home, self.io) = (home, io)
  }

  private var folder: String { home.folder + "/reports" }
  private var path: String { folder + "/schedule.json" }
  private var logPath: String { folder + "/log.jsonl" }

  // MARK: What it can do

  public func add(
    _ report: String, _ words: [String], _ options: [String: String], every: String,
    to target: String
  ) throws {
    let time = try ScheduleTime(every)
    let console = try Console(home, io: io)
    defer { console.close() }
    _ = try Self.format(target)
    // What does not run today would not run on Monday.
    console.handler.begin("schedule")
    _ = try ReportLibrary(console: console).run(
      report, try words.map { try TypedWord(whole: $0) }, options)
    try home.checkTarget(target)
    try locked { schedules in
      let number = (schedules.map(\.number).max() ?? 0) + 1
      let own = Schedule(
        number: number, report: report, words: words, options: options, every: time,
        target: Files.absolute(target), last: console.shop.now())
      schedules.append(own)
      io.output(
        "\(number): \(report), \(every), to \(printable(own.target)); next "
          + console.shop.zone.text(own.next(console.shop)) + "\n")
    }
  }

  public func list() throws {
    let console = try Console(home, io: io)
    defer { console.close() }
    try console.show(
      ReportTable(
        name: "schedule", title: "Regular reports", asOf: console.shop.now(),
        columns: [
          .init("number", "integer"), .init("report"), .init("every"), .init("to"),
          .init("last", "time"), .init("next", "time"),
        ],
        rows: read().map {
          [
            .integer($0.number),
            .text(
              ([$0.report] + $0.words
                + $0.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(
                  separator: " ")),
            .text($0.every.text), .text($0.target),
            $0.hasRun ? .time($0.last) : .text("never"),
            .time($0.next(console.shop)),
          ]
        }))
  }

  /// - Parameter word: its number, or the report where only one schedule has it.
  public func remove(_ word: String) throws {
    try locked { schedules in
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
      io.output("\(only.number): \(only.report) is not run any more\n")
    }
  }

  /// Does what is due, each once however long ago; what failed is due again.
  public func run() throws -> ConsoleError.Exit { try Timeout(home).run { try runDue() } }

  private func runDue() throws -> ConsoleError.Exit {
    let console = try Console(home, io: io)
    defer { console.close() }
    let now = console.shop.now()
    var (done, failed) = (0, 0)
    try locked { schedules in
      for index in schedules.indices {
        // What was done by a clock that was ahead waits from now on.
        schedules[index].last = min(schedules[index].last, now)
        let own = schedules[index]
        guard own.next(console.shop) <= now else { continue }
        do {
          try write(own, console, now)
          schedules[index].last = now
          schedules[index].hasRun = true
          done += 1
          try log(own, now, nil)
        } catch {
          failed += 1
          let words = ConsoleError(error).message
          io.messages("\(own.number): \(own.report): " + printable(words))
          try log(own, now, words)
        }
      }
    }
    io.messages("\(done) written, \(failed) failed")
    return failed == 0 ? .done : done == 0 ? .failed : .partly
  }

  // MARK: Files

  private func write(_ own: Schedule, _ console: Console, _ now: Timestamp) throws {
    console.mode = try Self.format(own.target)
    console.handler.begin("schedule run")
    let table = try ReportLibrary(console: console).run(
      own.report, try own.words.map { try TypedWord(whole: $0) }, own.options)
    let text = console.text(of: table)
    let stamp = String(console.shop.zone.text(now).map { " :".contains($0) ? "-" : $0 })
    let ending = own.target.split(separator: ".").last ?? "txt"
    // A script names its report as it likes.
    let name = own.report.replacing("/", with: "-")
    for path in [own.target, "\(folder)/\(name)-\(stamp).\(ending)"] {
      // What it names may have become a file of the shop since.
      try home.checkTarget(path)
      try replace(path, text)
    }
  }

  private static func format(_ target: String) throws -> OutputMode {
    switch target.split(separator: ".").last {
    case "html", "htm": return .html
    case "csv": return .csv
    case "json": return .json
    case "md": return .md
    case "txt": return .table
    default:
      throw ConsoleError.usage(
        "schedule: --to: expected a file that ends in .html, .csv, .json, .md or .txt, got "
          + quoted(target))
    }
  }

  private func replace(_ path: String, _ text: String) throws {
    let file = try OutputFile(path)
    try file.write(text)
    try file.commit()
  }

  private func log(_ own: Schedule, _ now: Timestamp, _ error: String?) throws {
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

  /// Changes the schedules while nobody else does.
  private func locked(_ body: (inout [Schedule]) throws -> Void) throws {
    guard !home.isReadOnly, home.now == nil else {
      throw ConsoleError.usage("schedule: writes; not with --read-only or --now")
    }
    try Files.makeFolder(folder)
    let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
      throw EngineError(.file, "file \(path).lock: cannot be locked")
    }
    defer { close(lock) }
    let before = try read()
    var schedules = before
    do { try body(&schedules) } catch {
      if schedules != before { try save(schedules) }
      throw error
    }
    if schedules != before { try save(schedules) }
  }

  private func read() throws -> [Schedule] {
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
    try replace(path, writer.text)
  }
}
