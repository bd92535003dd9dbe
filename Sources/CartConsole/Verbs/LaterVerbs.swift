/// Verbs that are not supported yet; each says so.
enum LaterVerbs {
  static let all: [Verb] = Later.all.filter { $0.name.hasPrefix(".") }.map { entry in
    Verb(
      String(entry.name.dropFirst()), "…", 0...100, kind: .text(from: 0),
      "Not supported yet: \(entry.words).",
      console: { _, _ in throw Later.refusal(of: entry.name) })
  }
}
