import CartApplication
import CartModel
import CartSupport

/// Lines that begin with a verb.
extension Console {
  static func isVerb(_ line: String) -> Bool { JobOrigin.isVerb(line) }

  /// Runs a line that begins with a verb.
  func verb(_ line: String) throws {
    let words: [TypedWord]
    do throws(ModelError) { words = try TypedWord.split(line) } catch {
      throw ConsoleError.usage("\(quoted(line)): \(error.message)")
    }
    try verb(words, line: line)
  }

  /// Runs a verb, its name with the dot first.
  ///
  /// - Parameter only: whether it may change something.
  func verb(_ words: [TypedWord], line: String, only isAllowed: (Verb) -> Bool = { _ in true })
    throws
  {
    let name = String(words[0].text.dropFirst())
    guard let verb = Verb.named(name) else {
      throw ConsoleError.usage(
        "no verb \(quoted(words[0].text))"
          + (TypedLine.synonym(name).map { "; use .\($0)" }
            ?? didYouMean(name, among: Verb.all.map(\.name)))
          + "; .help lists them")
    }
    guard isAllowed(verb) else {
      throw ConsoleError.usage("\(quoted(line)): .\(name) cannot be used here")
    }
    let (plain, options) = try verb.split(words.dropFirst())
    guard verb.words.contains(plain.count) else {
      throw ConsoleError.usage(verb.wordsMessage(given: plain.count))
    }
    let call = VerbCall(line: line, typed: plain, options: options)
    // Before it runs: what @3 means may be another cart after it.
    let lua = try? handler.confirmer.unasked {
      try VerbLua.phrases[name]?(Targets(workspace), call)
    }
    if !verb.isOfConsole { recorder.prepare(lua) }
    if verb.isPaged(call) {
      try screen.paged { try verb.body(self, call) }
    } else {
      try verb.body(self, call)
    }
    // One about the console itself has no Lua, and none is missed. `.watch` only looks.
    if !verb.isOfConsole, screen.watching == nil, !recorder.note(lua) {
      io.messages("note: .\(name) has no Lua here; the recording goes on without it")
    }
  }
}
