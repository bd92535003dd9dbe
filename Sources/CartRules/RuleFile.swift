import CartEngine
import CartModel
import CartScripting

/// A file of rules by itself, without a shop.
public enum RuleFile {
  /// Why a file cannot be loaded: a definition with a value that cannot be, a list that is not there.
  ///
  /// - Parameters:
  ///   - path: of the file; `lib` and `lists` beside it are read.
  ///   - now: the moment that the file sees.
  /// - Returns: nil where it loads; else the line, 1 where none is known, and what is wrong.
  public static func failure(
    of text: String, at path: String, now: Timestamp
  ) throws -> (line: Int, message: String)? {
    let session = try ScriptSession(
      FixtureShop(now: now).handler, profile: .rule, seed: 0, output: { _ in })
    session.libraryFolder = Files.folder(path) + "/lib"
    session.limit(.report)
    session.isFenced = true
    let name = Files.name(path)
    do throws(ScriptError) {
      _ = try session.run(text, name: "@" + name)
    } catch {
      guard error.code != .interrupted else { throw error }
      var message = error.message[...]
      guard message.hasPrefix(name + ":") else { return (1, error.message) }
      message = message.dropFirst(name.count + 1)
      let digits = message.prefix { $0.isASCII && $0.isNumber }
      let rest = message.dropFirst(digits.count)
      guard let line = Int(digits), rest.hasPrefix(": ") else { return (1, error.message) }
      return (line, String(rest.dropFirst(2)))
    }
    return nil
  }
}
