import CartApplication
import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

extension Commands {
  /// `cartio rules WORD …`; `check` of files or rules that are named looks at them alone.
  public static func rules(_ words: [String], _ home: Home) throws -> ConsoleError.Exit {
    if words.first == "check" {
      return try checkRules(Array(words.dropFirst()), home, .standard())
    }
    var home = home
    // Tests bring their own carts.
    home.canDoWithout = words.first == "test"
    let console = try batch(home)
    defer { console.close() }
    let line = (["rules"] + words).joined(separator: " ")
    do { try console.rules(words, line: line) } catch { console.report(error) }
    return console.exit
  }

  /// Compiles and lints rule files.
  ///
  /// - Returns: `failed` where one does not compile.
  public static func checkRules(_ paths: [String], _ home: Home, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    let now = Home.clock()
    var check = RuleCheck(io, now: now)
    let hasShop = Files.exists(home.databasePath)
    try check.read(
      paths.isEmpty
        ? [home.rulesFolder]
        : try paths.map { try RuleCheck.path($0, in: home.rulesFolder, now: now) },
      isNamed: !paths.isEmpty,
      loads: !paths.isEmpty || !hasShop)
    // Over the shop's carts and lists, where there is a shop.
    if paths.isEmpty, hasShop {
      var looking = home
      looking.isReadOnly = true
      let console = try Console(looking, io: io, interrupt: InterruptFlag())
      defer { console.close() }
      check.show(
        try Timeout(home).run { try console.book.check() }, in: home.rulesFolder)
    }
    return check.finish()
  }

  /// The Lua API for a reader, or for an editor.
  public static func api(definitions: Bool) -> String {
    definitions ? ScriptDefinitions.text : ScriptHelp.reference
  }
}
