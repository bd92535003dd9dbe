import CartApplication
import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStore
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
    let problems = problems(home)
    io.output("\n" + row("shop", problems.isEmpty ? state(home) : "see below"))
    for rule in suspended(home) { io.output(row("suspended", rule)) }
    for tool in tools {
      let found = tool.names.first { Executables.find($0) != nil }
      io.output(
        row(
          tool.what,
          found ?? "missing: \(tool.use); get it with: apt install \(tool.package)"))
    }
    io.output(row("time zones", zones))
    io.output(row("terminal", terminal))
    for problem in problems { io.messages("problem: " + printable(problem)) }
    return problems.isEmpty ? .done : .failed
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

  private static func problems(_ home: Home) -> [String] {
    var problems: [String] = []
    do throws(EngineError) { _ = try SettingsFile.load(home.settingsPath) } catch {
      problems.append("\(home.settingsPath): \(error.message)")
    }
    let secrets = home.folder + "/cartio.conf"
    var info = stat()
    if stat(secrets, &info) == 0, info.st_mode & 0o007 != 0 {
      problems.append("\(secrets): everybody can read it; chmod 600 \(secrets)")
    }
    for name in Files.list(home.rulesFolder) where name.hasSuffix(".lua") {
      let path = home.rulesFolder + "/" + name
      do {
        let findings = try RuleFolder.findings(path)
        problems += findings.filter(\.isError).map { "\(path):\($0.line): \($0.message)" }
      } catch { problems.append(ConsoleError(error).message) }
    }
    guard Files.exists(home.databasePath) else { return problems }
    do { try readOnly(home).openShop().close() } catch {
      problems.append(ConsoleError(error).message)
    }
    return problems
  }

  private static func readOnly(_ home: Home) -> Home {
    var copy = home
    copy.isReadOnly = true
    return copy
  }

  private static func state(_ home: Home) -> String {
    guard Files.exists(home.databasePath) else {
      return "no database yet; the first command makes it, or 'cartio practice' a "
        + "practice store"
    }
    guard let shop = try? readOnly(home).openShop() else { return "cannot be read" }
    defer { shop.close() }
    guard let carts = try? shop.store.cartCount() else { return "cannot be read" }
    let isWritable = access(home.databasePath, W_OK) == 0
    return "\(shop.settings.name), \(Console.carts(Int(carts)))"
      + (isWritable ? "" : "; may only be read by \(home.staff)")
  }
}

extension DoctorCommand {
  /// Rules that judge no more because they made changes slow.
  private static func suspended(_ home: Home) -> [String] {
    guard Files.exists(home.databasePath), let shop = try? readOnly(home).openShop()
    else {
      return []
    }
    let book = RuleBook(
      CommandHandler(shop, actor: .staff(home.staff)), folder: home.rulesFolder)
    return ((try? book.rules()) ?? []).filter(\.isSuspended).map { rule in
      let since = rule.setBy.map { " since " + shop.zone.text($0.at) } ?? ""
      return "rule \(rule.name)\(since), \(rule.setting.reason)"
    }
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
