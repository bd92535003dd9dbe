import ArgumentParser
import CartApplication
import CartConsole

struct ScheduleCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Regular reports: add, list, remove; run what is due.",
    discussion:
      "Copies are kept in reports/ of the home, with a log; cron or a timer calls schedule run.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "add REPORT [WHERE…], list, remove NUMBER, or run.")
  var words: [String] = []
  @Option(help: "With add: mon 08:00, mon,thu 08:00, daily 08:00, 1 08:00 (of the month), 6h.")
  var every: String?
  @Option(help: "With add: the file to write; .html, .csv, .json, .md or .txt.")
  var to: String?
  @Option(help: "With add: from then on, as 7d.")
  var since: String?
  @Option(help: "With add: a span by its name, as last-week.")
  var period: String?
  @Option(help: "With add: how to group.")
  var by: String?
  @Flag(help: "With add: beside the time range before.")
  var compare = false

  func run() throws {
    try finish {
      let schedules = ScheduleCommand(try global.selectedHome(), .standard())
      switch (words.first, words.count) {
      case ("add", 2...):
        guard let every, let to else {
          throw ConsoleError.usage("schedule add: expected --every and --to")
        }
        var options: [String: String] = [:]
        (options["since"], options["period"], options["by"]) = (since, period, by)
        if compare { options["compare"] = "yes" }
        try schedules.add(words[1], Array(words.dropFirst(2)), options, every: every, to: to)
      case (nil, _), ("list", 1): try schedules.list()
      case ("remove", 2): try schedules.remove(words[1])
      case ("run", 1): return try schedules.run()
      default:
        throw ConsoleError.usage(
          "schedule: expected add REPORT, list, remove NUMBER or run, got "
            + words.joined(separator: " "))
      }
      return .done
    }
  }
}
