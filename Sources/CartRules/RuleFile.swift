import CartEngine
import CartModel
import CartScripting
import CartSupport

/// A file of rules by itself, without a shop.
public enum RuleFile {
  /// The rules and policies that a text states, each with its line; what is only computed is left out.
  public static func definitions(in text: String) -> [(name: String, line: Int)] {
    let lines = text.lines
    return lines.enumerated().flatMap { index, line in
      line.matches(of: /\b(?:rule|policy)\s*\(?\s*["']([^"']+)["']/).map {
        (String($0.output.1), index + 1)
      }
    }
  }

  /// The rules and policies that the files of a folder define when they are loaded, each with its file; of
  /// a file that cannot be loaded, those that its text states.
  ///
  /// - Parameter now: the moment that the files see.
  public static func definitions(
    inFolder folder: String, now: Timestamp
  ) -> [(name: String, file: String)] {
    Files.list(folder).filter { $0.hasSuffix(".lua") }.sorted().flatMap { file in
      let path = folder + "/" + file
      let text = (try? Files.text(path)) ?? ""
      let names = try? loaded(text, at: path, now: now)
      return (names ?? definitions(in: text).map(\.name)).map { ($0, file) }
    }
  }

  /// The names of the rules and policies that loading a file defines.
  ///
  /// - Throws: `ScriptError` of the file, or `EngineError`.
  private static func loaded(_ text: String, at path: String, now: Timestamp) throws -> [String] {
    let session = try ScriptSession(
      FixtureShop(now: now).handler, profile: .rule, seed: 0, output: { _ in })
    session.libraryFolder = Files.folder(path) + "/lib"
    session.limit(.report)
    session.isFenced = true
    _ = try session.run(text, name: "@" + Files.name(path))
    return session.rules.map(\.name) + session.policies.map(\.name)
  }

  /// Why a file cannot be loaded: a definition with a value that cannot be, a list that is not there.
  ///
  /// - Parameters:
  ///   - path: of the file; `lib` and `lists` beside it are read.
  ///   - now: the moment that the file sees.
  /// - Returns: nil where it loads; else the line, 1 where none is known, and what is wrong.
  public static func failure(
    of text: String, at path: String, now: Timestamp
  ) throws -> (line: Int, message: String)? {
    let name = Files.name(path)
    do {
      _ = try loaded(text, at: path, now: now)
    } catch let error as ScriptError {
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
