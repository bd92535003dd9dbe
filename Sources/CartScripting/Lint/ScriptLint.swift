import CartModel
import LuaKit

/// Looks at a script without running it.
///
/// Finds names that do not exist and comparisons that are never true, and warns of programs that Lua
/// 5.4.4, as Debian 12 ships it, compiles wrongly or runs wrongly.
public enum ScriptLint {
  /// - Parameters:
  ///   - name: as positions in messages show it: `@rule.lua`.
  ///   - list: the text of a file of `lists/`; nil where there is none.
  ///   - folders: the files of `lists` and of `lib` beside it; nil where that is not known.
  ///   - settings: texts that stand in place of parameters, by the rule or policy and their names.
  ///   - module: the text of a file of `lib` by its module's name; nil where there is none.
  public static func check(
    _ source: String, name: String, list: @escaping (String) -> String? = { _ in nil },
    folders: ((String) -> [String])? = nil, settings: [String: [String: String]] = [:],
    module: @escaping (String) -> String? = { _ in nil }
  ) throws(ScriptError) -> [ScriptFinding] {
    if let failure = try compileError(source, name) { return [failure] }
    let tokens = LuaTokens.split(ScriptSession.withoutShebang(source))
    let checker = ScriptChecker.checked(
      tokens, list: list, folders: folders, settings: settings, module: module)
    var found = checker?.findings ?? []
    // A finding about a known amount of money names it.
    found += findings(of: tokens, beside: found, settled: checker?.settled ?? [])
    for name in checker?.modules.keys.sorted() ?? [] {
      let file = "lib/\(name).lua"
      let text = ScriptSession.withoutShebang(module(name) ?? "")
      let own = findings(
        of: LuaTokens.split(text), beside: found.filter { $0.file == file }, settled: [])
      found += own.map { finding in
        var finding = finding
        finding.file = file
        return finding
      }
    }
    return found.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
  }

  /// What tokens alone show.
  ///
  /// - Parameters:
  ///   - known: what was found otherwise; an error of a line is said once.
  ///   - settled: lines that compare what is no money.
  private static func findings(
    of tokens: [LuaToken], beside known: [ScriptFinding], settled: Set<Int>
  ) -> [ScriptFinding] {
    var lint = TokenLint(tokens: tokens)
    lint.run()
    let lines = Set(known.map(\.line)).union(settled)
    return lint.findings.filter { !$0.isError || !lines.contains($0.line) }
  }

  /// Whether a file defines rules, policies, reports, importers or tests: another is a script, which is
  /// never run to be checked.
  public static func isDefining(_ source: String) -> Bool {
    ScriptChecker.isDefining(LuaTokens.split(ScriptSession.withoutShebang(source)))
  }

  /// Comparisons of money with `==` in a chunk; for a note at the prompt.
  public static func moneyComparisons(_ source: String) -> [ScriptFinding] {
    guard source.contains("==") || source.contains("~=") else { return [] }
    var lint = TokenLint(tokens: LuaTokens.split(source))
    lint.money()
    return lint.findings
  }

  /// What Lua says of a chunk of the prompt that it cannot compile; nil for one that it can, or that may
  /// go on.
  public static func syntaxError(_ chunk: String) -> String? {
    guard let found = try? compileError(chunk, "@chunk") else { return nil }
    let mayGoOn = found.message.hasSuffix("near <eof>")
    // No line behind it ends a text of one line.
    guard !mayGoOn || found.message.hasPrefix("unfinished string") else { return nil }
    return (try? compileError("return " + chunk, "@chunk")) == nil ? nil : found.message
  }

  private static func compileError(_ source: String, _ name: String) throws(ScriptError)
    -> ScriptFinding?
  {
    do throws(LuaFailure) {
      let vm = try LuaVM(.report, seed: 0) { _, _ in }
      do throws(LuaFailure) {
        _ = try vm.compile(template: ScriptSession.withoutShebang(source), name: name)
        return nil
      } catch {
        guard error.code == .error || error.code == .incomplete else { throw error }
        let prefix = name.dropFirst() + ":"
        let rest = error.message.hasPrefix(prefix) ? error.message.dropFirst(prefix.count) : ""
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let line = Int(digits) else {
          return ScriptFinding(line: 1, isError: true, message: error.message)
        }
        return ScriptFinding(
          line: line, isError: true, message: String(rest.dropFirst(digits.count + 2)))
      }
    } catch { throw ScriptError(error) }
  }
}
