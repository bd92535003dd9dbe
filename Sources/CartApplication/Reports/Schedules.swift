import CartEngine
import CartModel
import CartReports
import CartSupport

/// The regular reports of an open home: added, and run when they are due.
public struct Schedules {
  /// The result of a run of those that were due.
  public struct Result: Equatable, Sendable {
    public var written = 0
    public var failed = 0

    public init(written: Int = 0, failed: Int = 0) {
      (self.written, self.failed) = (written, failed)
    }
  }

  /// Gives the text of a report in a format.
  public typealias Rendering = (ReportTable, Schedule.Format) throws -> String

  private let application: Application
  private let file: ScheduleFile
  private var home: Home { application.home }
  private var shop: Shop { application.shop }

  public init(_ application: Application) {
    self.application = application
    file = ScheduleFile(application.home)
  }

  /// Adds a report, which is run once to see that it runs.
  ///
  /// - Throws: what the report throws; `usage` for a target that has no format or may not be replaced.
  public func add(
    _ report: String, _ words: [String], _ options: [String: String], every: ScheduleTime,
    to target: String
  ) throws -> Schedule {
    _ = try Schedule.Format(target: target)
    // What does not run today would not run on Monday.
    application.beginReading("schedule")
    _ = try ReportLibrary(application).run(
      report, try words.map { try TypedWord(whole: $0) }, options)
    try home.checkTarget(target)
    return try file.change { schedules in
      let own = Schedule(
        number: (schedules.map(\.number).max() ?? 0) + 1, report: report, words: words,
        options: options, every: every, target: Files.absolute(target), last: shop.now())
      schedules.append(own)
      return own
    }
  }

  /// Writes what is due, each once however long ago; what failed is due again.
  ///
  /// - Throws: `usage` where nothing may be written; `interrupted`.
  public func runDue(_ rendering: Rendering) throws -> Result {
    try Timeout(home).run {
      let now = shop.now()
      var result = Result()
      try file.change { schedules in
        for index in schedules.indices {
          // What was done by a clock that was ahead waits from now on.
          schedules[index].last = min(schedules[index].last, now)
          let own = schedules[index]
          guard own.next(shop) <= now else { continue }
          do {
            try write(own, now, rendering)
            schedules[index].last = now
            schedules[index].hasRun = true
            result.written += 1
            try file.log(own, now, nil)
          } catch {
            result.failed += 1
            let words = ApplicationError(error).message
            application.messages("\(own.number): \(own.report): " + printable(words))
            try file.log(own, now, words)
          }
        }
      }
      return result
    }
  }

  private func write(_ own: Schedule, _ now: Timestamp, _ rendering: Rendering) throws {
    let format = try Schedule.Format(target: own.target)
    application.beginReading("schedule run")
    let table = try ReportLibrary(application).run(
      own.report, try own.words.map { try TypedWord(whole: $0) }, own.options)
    let text = try rendering(table, format)
    let stamp = String(shop.zone.text(now).map { " :".contains($0) ? "-" : $0 })
    let ending = own.target.split(separator: ".").last ?? "txt"
    // A script names its report as it likes.
    let name = own.report.replacing("/", with: "-")
    for path in [own.target, "\(file.folder)/\(name)-\(stamp).\(ending)"] {
      // What it names may have become a file of the shop since.
      try home.checkTarget(path)
      try ScheduleFile.replace(path, text)
    }
  }
}
