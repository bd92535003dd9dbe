/// The targets that `Package.swift` declares, with what each may use.
struct Manifest {
  struct Target {
    var name: String
    /// `Sources/CartModel`.
    var folder: String
    var isTest: Bool
    /// Names of targets and of products of other packages.
    var dependencies: [String]
  }

  var targets: [Target] = []

  init(_ text: String) {
    guard let start = text.firstRange(of: "\n  targets: [") else { return }
    var names: [String: String] = [:]
    // Products of other packages stand behind constants: `let grdb = Target.Dependency.product(…)`.
    for match in text.matches(of: /let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/) {
      names[String(match.1)] = String(match.2)
    }
    let call = /\n    (module|tests|\.target|\.executableTarget)\(\s*(?:name: )?"([\w-]+)"/
    let body = text[start.upperBound...]
    let calls = body.matches(of: call)
    for (place, match) in calls.enumerated() {
      let end = place + 1 < calls.count ? calls[place + 1].range.lowerBound : body.endIndex
      let rest = body[match.range.upperBound..<end]
      let isTest = match.1 == "tests"
      let name = String(match.2) + (isTest ? "Tests" : "")
      let folder =
        rest.firstMatch(of: /path: "([\w\/]+)"/).map { String($0.1) }
        ?? (isTest ? "Tests/" : "Sources/") + name
      var dependencies = isTest ? ["ProgramTesting"] : []
      // The first list that is not the one of excluded files.
      if let list = rest.firstMatch(of: /(?:^|dependencies: |,\s*)\[([^\]]*)\]/) {
        for word in list.1.split(whereSeparator: { ", \n".contains($0) }) {
          let name = word.filter { $0 != "\"" }
          dependencies.append(names[name] ?? name)
        }
      }
      targets.append(
        Target(name: name, folder: folder, isTest: isTest, dependencies: dependencies))
    }
  }

  subscript(_ name: String) -> Target? { targets.first { $0.name == name } }
}
