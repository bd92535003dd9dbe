import CartApplication
import CartEngine
import CartModel
import CartSupport

/// Lines that are kept under a name.
enum ViewVerbs {
  static let all: [Verb] = [
    Verb(
      "view", "[NAME [= VERB…]]", 0...300, kind: .verb, traits: .isOfConsole,
      "Runs a line that was kept under a name, or keeps one: .view big = .carts total>300; "
        + "'.view big =' forgets it.", console: { try run($0, $1) })
  ]

  private static func run(_ console: Console, _ call: VerbCall) throws {
    let views = try ViewFile(console.home.viewsPath)
    guard let name = call.words.first else {
      for (name, line) in views.lines { console.io.output(printable("\(name) = \(line)") + "\n") }
      if views.lines.isEmpty { console.io.messages("no views yet; .view NAME = .carts …") }
      return
    }
    if let equals = call.line.firstIndex(of: "="), call.words.count > 1,
      call.words[1].hasPrefix("=")
    {
      let line = String(call.line[call.line.index(after: equals)...].drop(while: \.isWhitespace))
      return try keep(line, as: name, views, console.io)
    }
    guard let line = views.lines.first(where: { $0.name == name })?.line else {
      throw EngineError(
        .notFound,
        "no view is called \(quoted(name))" + didYouMean(name, among: views.lines.map(\.name)))
    }
    guard console.viewing < 16 else {
      throw ConsoleError(.failed, "view \(quoted(name)): views run each other 16 deep; stopped")
    }
    console.viewing += 1
    defer { console.viewing -= 1 }
    // Words after the name narrow what it shows.
    let rest = call.typed.dropFirst()
    try console.verb(try TypedWord.split(line) + rest, line: line)
  }

  private static func keep(
    _ line: String, as name: String, _ views: ViewFile, _ io: ConsoleIO
  ) throws {
    var views = views
    guard !line.isEmpty else {
      guard views.remove(name) else {
        throw EngineError(
          .notFound,
          "no view is called \(quoted(name))" + didYouMean(name, among: views.lines.map(\.name)))
      }
      try views.save()
      return io.messages("view \(printable(name)): forgotten")
    }
    guard Console.isVerb(line) else {
      throw ConsoleError.usage("view: expected a verb, as .carts total>300, got \(quoted(line))")
    }
    let verb = String(try TypedWord.split(line)[0].text.dropFirst())
    guard Verb.named(verb) != nil else {
      throw ConsoleError.usage(
        "view: no verb \(quoted("." + verb))" + didYouMean(verb, among: Verb.all.map(\.name)))
    }
    views.set(name, line)
    try views.save()
    io.messages("view \(printable(name)) = \(printable(line))")
  }
}

/// The file of views: a line each, `big = .carts total>300`.
struct ViewFile {
  private let path: String
  private(set) var lines: [(name: String, line: String)] = []

  /// - Throws: `file` where it is there and cannot be read.
  init(_ path: String) throws {
    self.path = path
    guard Files.exists(path) else { return }
    for text in try Files.text(path).split(whereSeparator: \.isNewline) {
      guard let equals = text.firstRange(of: " = ") else { continue }
      lines.append((String(text[..<equals.lowerBound]), String(text[equals.upperBound...])))
    }
  }

  mutating func set(_ name: String, _ line: String) {
    remove(name)
    lines.append((name, line))
    lines.sort { $0.name < $1.name }
  }

  @discardableResult
  mutating func remove(_ name: String) -> Bool {
    let count = lines.count
    lines.removeAll { $0.name == name }
    return lines.count < count
  }

  func save() throws {
    try Files.makeFolder(Files.folder(path))
    let file = try OutputFile(path)
    for (name, line) in lines { try file.write("\(name) = \(line)\n") }
    try file.commit()
  }
}
