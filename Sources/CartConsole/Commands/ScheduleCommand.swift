import CartApplication
import CartEngine
import CartModel
import CartReports
import CartSupport

/// `cartio schedule`: regular reports, kept beside the shop, run by cron or a timer.
public struct ScheduleCommand {
  private let home: Home
  private let io: ConsoleIO

  public init(_ home: Home, _ io: ConsoleIO) {
    (self.home, self.io) = (home, io)
  }

  public func add(
    _ report: String, _ words: [String], _ options: [String: String], every: String,
    to target: String
  ) throws {
    let time = try ScheduleTime(every)
    let console = try Console(home, io: io)
    defer { console.close() }
    let own = try Schedules(console.application).add(
      report, words, options, every: time, to: target)
    io.output(
      "\(own.number): \(report), \(every), to \(printable(own.target)); next "
        + console.shop.zone.text(own.next(console.shop)) + "\n")
  }

  public func list() throws {
    let console = try Console(home, io: io)
    defer { console.close() }
    try TableView(console.workspace).show(
      ReportTable(
        name: "schedule", title: "Regular reports", asOf: console.shop.now(),
        columns: [
          .init("number", "integer"), .init("report"), .init("every"), .init("to"),
          .init("last", "time"), .init("next", "time"),
        ],
        rows: ScheduleFile(home).read().map {
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
    let own = try ScheduleFile(home).remove(word)
    io.output("\(own.number): \(own.report) is not run any more\n")
  }

  /// Does what is due, each once however long ago; what failed is due again.
  public func run() throws -> ConsoleError.Exit {
    let console = try Console(home, io: io)
    defer { console.close() }
    let result = try Schedules(console.application).runDue { table, format in
      console.screen.mode = OutputMode(format)
      return TableView(console.workspace).text(of: table)
    }
    io.messages("\(result.written) written, \(result.failed) failed")
    return result.failed == 0 ? .done : result.written == 0 ? .failed : .partly
  }
}

extension OutputMode {
  fileprivate init(_ format: Schedule.Format) {
    self =
      switch format {
      case .html: .html
      case .csv: .csv
      case .json: .json
      case .md: .md
      case .txt: .table
      }
  }
}
