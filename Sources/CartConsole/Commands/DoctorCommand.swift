import CartApplication
import CartSupport
import Glibc

/// `cartio doctor`: where things live, what is wrong with them, what is missing and how to get it.
public enum DoctorCommand {
  /// - Returns: `failed` where settings, rules or the database cannot be used.
  public static func run(_ home: Home, _ io: ConsoleIO) -> ConsoleError.Exit {
    for place in places(home) {
      io.output(row(place.name, place.path + (Files.exists(place.path) ? "" : "  (not there)")))
    }
    io.output(row("staff", home.staff))
    let report = HomeReport(home)
    let problems = report.problems
    io.output("\n" + row("shop", problems.isEmpty ? report.shop : "see below"))
    for rule in report.suspendedRules { io.output(row("suspended", rule)) }
    for tool in tools {
      let found = tool.names.first { Executables.find($0) != nil }
      io.output(
        row(
          tool.what,
          found ?? "missing: \(tool.use); get it with: apt install \(tool.package)"))
    }
    io.output(row("time zones", zones))
    io.output(row("terminal", terminal))
    if let connection = connection(home) { io.output("\n" + connection) }
    for problem in problems { io.messages("problem: " + printable(problem)) }
    return problems.isEmpty ? .done : .failed
  }

  /// What the program that knows the network says of the store; nil where none is connected.
  private static func connection(_ home: Home) -> String? {
    guard let file = try? home.connection(), file.isConnected else { return nil }
    let program = ServiceProgram.path
    guard access(program, X_OK) == 0 else {
      return row("store", "problem: \(program) is not there; install both: scripts/install")
    }
    let words = [program, "doctor", "--home", home.folder, "--db", home.databasePath]
    guard let bytes = Process.output(words, seconds: 30) else {
      return row("store", "problem: \(program) could not say; run: cartio-serve doctor")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func row(_ name: String, _ value: String) -> String {
    CellWidth.padded(name, to: 11) + "  " + printable(value) + "\n"
  }

  private static func places(_ home: Home) -> [(name: String, path: String)] {
    [
      ("home", home.folder), ("database", home.databasePath),
      ("settings", home.settingsPath), ("rules", home.rulesFolder),
      ("plans", home.plansFolder), ("history", home.historyPath),
      ("start file", home.startPath), ("views", home.viewsPath),
    ]
  }

  private struct Tool {
    var what: String
    var names: [String]
    var package: String
    var use: String
  }

  private static var tools: [Tool] {
    let editor = Home.environment("VISUAL") ?? Home.environment("EDITOR") ?? "vi"
    let pager = Home.environment("PAGER") ?? "less"
    return [
      Tool(
        what: "editor", names: [command(editor)], package: "vim-tiny",
        use: ".edit opens it (\(editor)); $EDITOR names another"),
      Tool(
        what: "pager", names: [command(pager)], package: "less",
        use: "what is longer than the screen runs through"),
      Tool(
        what: "pictures", names: ["chafa"], package: "chafa",
        use: "a product's picture is only a link"),
      Tool(
        what: "downloads", names: ["curl"], package: "curl",
        use: "pictures of products cannot be fetched"),
    ]
  }

  /// The program of a command line.
  private static func command(_ line: String) -> String {
    String(line.prefix { $0 != " " })
  }

  private static var zones: String {
    Files.exists("/usr/share/zoneinfo/Europe/Berlin")
      ? "/usr/share/zoneinfo" : "missing: only UTC; get them with: apt install tzdata"
  }

  private static var terminal: String {
    let term = Home.environment("TERM") ?? "none"
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { Home.environment($0) }.first ?? "C"
    let isWide = locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
    return term + ", " + locale
      + (isWide ? "" : "; letters beyond ASCII need a UTF-8 locale: export LC_ALL=C.UTF-8")
  }
}

/// Programs on the search path.
enum Executables {
  /// The path of a program; nil if it is not installed.
  static func find(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let folders = (Home.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }
}
