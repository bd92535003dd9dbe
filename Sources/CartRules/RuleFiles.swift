import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// What reading the folder of rules gave.
public struct RuleScan: Sendable {
  /// Versions that are new, in the order of their names.
  public var added: [RuleVersion] = []
  /// Files that could not be read, and why.
  public var errors: [(file: String, message: String)] = []
  /// Rules that no file defines any more.
  public var gone: [String] = []

  public init() {}
}

/// Rule files, and how they become versions.
struct RuleFiles: CatalogueWork {
  let catalogue: RuleCatalogue

  init(_ catalogue: RuleCatalogue) { self.catalogue = catalogue }

  /// Reads all rule files and records what is new, as part of a run.
  ///
  /// - Parameter only: one file of the folder; nil for all.
  func scan(only: String? = nil, in run: Run) throws -> RuleScan {
    let (scan, events) = try read(only: only)
    run.guard.record(rules: events)
    return scan
  }

  /// Reads all rule files.
  ///
  /// - Parameter only: one file of the folder; nil for all.
  /// - Returns: what is new, and the events that would record it.
  func read(only: String? = nil) throws -> (scan: RuleScan, events: [EventBody]) {
    var scan = RuleScan()
    var seen: [String: String] = [:]
    var events: [EventBody] = []
    var recorded: Set<String> = []
    let files = only.map { [$0] } ?? Files.list(folder).filter { $0.hasSuffix(".lua") }.sorted()
    for file in files {
      do {
        let (definitions, texts) = try definitions(file)
        let sources = texts.map { (digest: Self.digest($0.text), path: $0.path, text: $0.text) }
        for definition in definitions {
          if let other = seen.updateValue(file, forKey: definition.name) {
            throw EngineError(
              .malformed,
              "\(definition.kind) \(quoted(definition.name)): is defined in \(other) already")
          }
          let known = try? rule(definition.name)
          var version = RuleVersion(
            rule: definition.name, kind: definition.kind,
            number: (known?.newest.number ?? 0) + 1, file: file,
            sources: sources.map { .init(path: $0.path, digest: $0.digest) })
          version.parameters = (known?.newest.parameters ?? []).filter { parameter in
            definition.parameters.contains { $0.name == parameter.name }
          }
          guard known?.newest.isSame(as: version) != true else { continue }
          for source in sources where recorded.insert(source.digest).inserted {
            if try handler.shop.store.source(source.digest) == nil {
              events.append(.sourceRecorded(digest: source.digest, text: source.text))
            }
          }
          events.append(.ruleVersioned(version))
          scan.added.append(version)
        }
      } catch { scan.errors.append((file, "\(error)")) }
    }
    scan.gone = only == nil ? try rules().map(\.name).filter { seen[$0] == nil } : []
    return (scan, events)
  }

  private static func digest(_ text: String) -> String {
    hexadecimal(Digest.key(of: text).bytes)
  }

  /// A rule or policy that a file defines.
  struct Definition {
    var name: String
    var kind: RuleVersion.Kind
    var parameters: [(name: String, value: LuaValue)]
  }

  /// What a file defines, and all texts that it was made of.
  func definitions(_ file: String) throws -> (
    definitions: [Definition], texts: [(path: String, text: String)]
  ) {
    let text = try Files.text(folder + "/" + file)
    let session = try ScriptSession(handler, profile: .rule, seed: 0) { _ in }
    session.libraryFolder = folder + "/lib"
    session.limit(.rule)
    session.isFenced = true
    _ = try session.run(text, name: "@" + file)
    // A list that is only read while judging belongs to the version as well.
    let libraries = try session.usedSources.filter { $0.hasPrefix("lib/") }
      .map { try Files.text(folder + "/" + $0) }
    for name in ([text] + libraries).flatMap(Self.listsNamed)
    where Files.exists(folder + "/lists/" + name) {
      // One that cannot be read is told here, and not as one that is missing when the rule judges.
      try session.readList(name)
    }
    let texts = try session.usedSources.sorted().map { path in
      (path: path, text: try Files.text(folder + "/" + path))
    }
    let definitions =
      session.rules.map { Definition(name: $0.name, kind: .rule, parameters: $0.parameters) }
      + session.policies.map {
        Definition(name: $0.name, kind: .policy, parameters: $0.parameters)
      }
    return (definitions, [(path: file, text: text)] + texts)
  }

  /// The names in `list "name"` and `list("name")`.
  private static func listsNamed(_ text: String) -> [String] {
    text.matches(of: /\blist\s*\(?\s*["']([^"'\/]+)["']/).map { String($0.output.1) }
  }
}
