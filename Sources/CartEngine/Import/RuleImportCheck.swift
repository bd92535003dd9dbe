import CartModel
import CartStorage
import CartSupport

/// Checks a file's rule events: a file may restore all rules into a database without rules; into any
/// other it may not enforce one.
struct RuleImportCheck {
  /// Versions by rule, of the database before the import and of the file.
  private var versions: [String: Set<Int64>]?
  private var sources: Set<String> = []
  private var hadRules = false

  /// - Returns: why an event cannot be taken in; nil where it can.
  mutating func refusal(of event: RuleEvent, _ store: any StorageReads) throws(StoreError)
    -> String?
  {
    if versions == nil { versions = try stored(store) }
    var known = versions ?? [:]
    defer { versions = known }
    switch event {
    case .source(let digest, _): sources.insert(digest)
    case .version(let version):
      guard version.number > 0 else { return "version: expected a number from 1 on" }
      guard version.sources.contains(where: { $0.path == version.file }) else {
        return "sources: expected that of its file \(quoted(version.file))"
      }
      for source in version.sources where !sources.contains(source.digest) {
        guard try store.source(source.digest) != nil else {
          return "sources: no source.recorded for \(source.path) stands before it"
        }
      }
      known[version.rule, default: []].insert(version.number)
    case .setting(let setting):
      guard setting.mode == .enforce else { break }
      guard !hadRules else {
        return
          "rule.set: a file enforces rules only in a shop that has none; use 'rules enforce "
          + "\(setting.rule)'"
      }
      guard known[setting.rule]?.contains(setting.version) == true else {
        return "rule.set: no version \(setting.version) of rule \(quoted(setting.rule))"
      }
    case .decision, .policyRun: break
    }
    return nil
  }

  private mutating func stored(_ store: any StorageReads) throws(StoreError) -> [String: Set<Int64>]
  {
    var known: [String: Set<Int64>] = [:]
    for event in try store.ruleEvents() {
      guard case .version(let version) = event.body.ofRule else { continue }
      known[version.rule, default: []].insert(version.number)
    }
    hadRules = !known.isEmpty
    return known
  }
}
