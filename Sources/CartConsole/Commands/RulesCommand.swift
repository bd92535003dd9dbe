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
    // Also where there is no shop.
    if let word = words.first { try Later.check(rulesWord: word) }
    var home = home
    // Tests bring their own carts.
    if words.first == "test" { home.access.missing = .replaced }
    let console = try batch(home)
    defer { console.close() }
    let line = (["rules"] + words).joined(separator: " ")
    do { try RuleVerbs(console.workspace).run(words, line: line) } catch { console.report(error) }
    return console.exit
  }

  /// Compiles and lints rule files.
  ///
  /// - Returns: `failed` where one does not compile.
  public static func checkRules(_ paths: [String], _ home: Home, _ io: ConsoleIO) throws
    -> ConsoleError.Exit
  {
    var check = RuleCheck(home, now: Home.clock()) { RuleCheckView.show($0, io) }
    try check.check(paths, interrupt: InterruptFlag(), messages: io.messages)
    return RuleCheckView.conclude(check, io)
  }

  /// The Lua API for a reader, or for an editor.
  public static func api(definitions: Bool) -> String {
    definitions ? ScriptDefinitions.text : ScriptHelp.reference
  }
}
