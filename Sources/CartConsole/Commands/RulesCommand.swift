import CartEngine
import CartModel
import CartScripting
import LuaKit

extension Commands {
  /// `cartio rules WORD …`; `check` of files that are named looks at them alone.
  public static func rules(_ words: [String], _ workplace: Workplace) throws -> ConsoleError.Exit {
    if words.first == "check" {
      return try checkRules(Array(words.dropFirst()), workplace, .standard())
    }
    var workplace = workplace
    // Tests bring their own carts.
    workplace.canDoWithout = words.first == "test"
    let console = try batch(workplace)
    defer { console.close() }
    let line = (["rules"] + words).joined(separator: " ")
    do { try console.rules(words, line: line) } catch { console.report(error) }
    return console.exit
  }

  /// Compiles and lints rule files.
  ///
  /// - Returns: `failed` where one does not compile.
  public static func checkRules(_ paths: [String], _ workplace: Workplace, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    var check = RuleCheck(io, now: Workplace.clock())
    let hasShop = Files.exists(workplace.databasePath)
    try check.read(
      paths.isEmpty ? [workplace.rulesFolder] : paths, isNamed: !paths.isEmpty,
      loads: !paths.isEmpty || !hasShop)
    // Over the shop's carts and lists, where there is a shop.
    if paths.isEmpty, hasShop {
      var looking = workplace
      looking.isReadOnly = true
      let console = try Console(looking, io: io, interrupt: InterruptFlag())
      defer { console.close() }
      check.show(
        try Timeout(workplace).run { try console.book.check() }, in: workplace.rulesFolder)
    }
    return check.finish()
  }

  /// The Lua API for a reader, or for an editor.
  public static func api(definitions: Bool) -> String {
    definitions ? ScriptDefinitions.text : ScriptHelp.reference
  }
}
