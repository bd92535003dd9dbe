import CartEngine
import CartScripting
import CartSupport

/// `.help`: topics, verbs, Lua names, and the tour.
enum HelpVerbs {
  static let all: [Verb] = [
    Verb(
      "help", "[TOPIC|VERB|NAME|tour]", 0...1, traits: .isOfConsole, pages: .always,
      "Explains a topic, a verb or a Lua name; tour shows around on the practice store.",
      console: { console, call in
        switch call[0] {
        case "": console.io.output(overview)
        case "tour": console.tour.start()
        case let word: console.io.output(try text(word))
        }
      })
  ]

  static var overview: String {
    let width = VerbTopic.all.map(\.name.count).max() ?? 0
    let topics = VerbTopic.all.map { topic in
      CellWidth.padded(topic.name, to: width) + "  " + topic.about + "\n"
        + wrapped(topic.examples.map { "." + $0.verb }, indent: width + 2)
    }
    return topics.joined()
      + """
      \(CellWidth.padded("tour", to: width))  nine steps on the practice store: .help tour
      .help find explains a topic, .help add a verb, .help c:add Lua, .help filters.
      Anything else is Lua: carts{"total>100"}:count(), help("cart").

      """
  }

  private static func wrapped(_ words: [String], indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var (text, line) = ("", margin)
    for word in words {
      if line.count + word.count > 76 {
        text += line + "\n"
        line = margin
      }
      line += (line == margin ? "" : " ") + word
    }
    return text + line + "\n"
  }

  private static func text(_ word: String) throws -> String {
    if let text = FieldHelp.text(word) { return text }
    let name = word.hasPrefix(".") ? String(word.dropFirst()) : word
    let verb = Verb.all.first { $0.name == name }
    if let topic = VerbTopic.all.first(where: { $0.name == word }) {
      return topic.about + "\n"
        + topic.examples.compactMap { item in
          Verb.all.first { $0.name == item.verb }.map { entry($0, item.line) }
        }.joined()
    }
    guard let verb else {
      let text = ScriptHelp.text(name)
      guard !text.hasPrefix("no help on ") else { throw EngineError(.notFound, "help: " + text) }
      return text + "\n"
    }
    let isBoth = !word.hasPrefix(".") && ScriptHelp.names.contains(name)
    return entry(verb, VerbTopic.example(of: name))
      + (VerbLua.method(of: name).map { "  in Lua: " + $0 + "\n" } ?? "")
      + (isBoth ? ScriptHelp.text(name) + "\n" : "")
  }

  private static func entry(_ verb: Verb, _ example: String?) -> String {
    verb.line + "\n  " + verb.help + "\n" + (example.map { "  as in: " + $0 + "\n" } ?? "")
  }
}
