import CartModel
import CartSupport

/// Entries of lists, and what rules are and said.
extension EventEncoder {
  func write(_ version: RuleVersion, _ writer: inout JSONWriter) {
    writer.string("rule", version.rule)
    writer.string("kind", version.kind == .rule ? "rule" : "policy")
    writer.number("version", version.number)
    writer.string("file", version.file)
    writer.object("sources") {
      for source in version.sources { $0.string(source.path, source.digest) }
    }
    writer.object("params") { for item in version.parameters { $0.string(item.name, item.value) } }
  }

  func write(_ setting: RuleSetting, _ writer: inout JSONWriter) {
    writer.string("rule", setting.rule)
    writer.string("mode", setting.mode.name)
    writer.number("version", setting.version)
    if let band = setting.band { writer.string("band", band.description) }
    writer.known("cause", setting.reason)
  }

  func write(_ decision: Decision, _ writer: inout JSONWriter) {
    writer.string("of", decision.cart)
    writer.string("rule", decision.rule)
    writer.number("version", decision.version)
    writer.string("outcome", decision.outcome.name)
    if decision.isShadow { writer.bool("shadow", true) }
    writer.known("cause", decision.reason)
  }

  func write(_ run: PolicyRun, _ writer: inout JSONWriter) {
    writer.string("rule", run.policy)
    writer.number("version", run.version)
    if run.isShadow { writer.bool("shadow", true) }
    writer.number("carts", run.carts)
    writer.number("orders", run.orders)
    writer.number("left", run.left)
  }

  func write(_ cause: Cause, _ writer: inout JSONWriter) {
    writer.string("rule", cause.rule)
    writer.known("source", cause.source)
    writer.known("cause", cause.reason)
    writer.known("tell", cause.tell)
  }

  /// `cause` is the entry's reason: `reason` is the operation's.
  func write(_ entry: ListEntry, _ writer: inout JSONWriter) {
    writer.string("list", entry.list.name)
    writer.string("entry", entry.id)
    writer.string(entry.pattern.kind.name, entry.pattern.text)
    writer.known("cause", entry.reason)
    writer.known("tell", entry.tell)
    writer.string("author", entry.author.description)
    writer.string("created", entry.created.description)
    if let expires = entry.expires { writer.string("expires", expires.description) }
  }
}
