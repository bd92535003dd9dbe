import CartEngine
import CartModel
import CartStorage
import CartSupport

/// A plan as a file: JSON lines, first the plan, then a line for each cart, then an end.
///
/// Its events are in the format that import reads.
public enum PlanFile {
  static let format: Int64 = 1

  /// Writes a plan; the file is whole or not there.
  ///
  /// - Parameter wait: how long a pipe is waited for.
  /// - Throws: `file`.
  public static func write(_ plan: Plan, to path: String, wait: StreamWait = .forever)
    throws(EngineError)
  {
    try EngineError.mapping { try write(plan, to: try OutputFile(path, wait: wait)) }
  }

  private static func write(_ plan: Plan, to file: OutputFile) throws(SupportError) {
    var writer = JSONWriter()
    head(plan, &writer)
    try file.write(writer.bytes)
    let known = (try? StoreSettings(json: plan.settings))?.currencies ?? [:]
    let encoder = EventEncoder(
      name: { _ in "" }, operation: { _ in nil }, parts: { _ in [] }, currencies: Set(known.keys))
    for (change, steps) in zip(plan.changes, plan.steps) {
      writer.removeAll()
      write(change, steps, plan, encoder, &writer)
      try file.write(writer.bytes)
    }
    writer.removeAll()
    writer.object { $0.number("end", Int64(plan.changes.count)) }
    writer.newline()
    try file.write(writer.bytes)
    try file.commit()
  }

  private static func head(_ plan: Plan, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.number("plan", format)
      writer.string("key", plan.key)
      writer.string("made", plan.made.description)
      writer.string("actor", plan.actor.description)
      writer.string("command", plan.command)
      writer.known("reason", plan.reason)
      writer.number("carts", Int64(plan.changes.count))
      writer.number("events", Int64(plan.events))
      writer.number("orders", Int64(plan.orders))
      writer.number("mails", Int64(plan.mails))
      writer.array("difference") { writer in
        for sum in plan.difference {
          writer.object {
            $0.string("total", sum.amount?.description ?? "out of range")
            $0.string("currency", sum.currency.code)
          }
        }
      }
      writer.raw("settings", plan.settings)
      writer.string("settings_hash", hexadecimal(Digest.key(of: plan.settings).bytes))
      writer.object("rules") { writer in
        for (name, hash) in plan.rules.sorted(by: { $0.key < $1.key }) {
          writer.string(name, hash)
        }
      }
      writer.array("groups") { writer in
        for group in plan.groups {
          writer.object {
            $0.string("kind", group.kind.name)
            $0.known("command", group.command)
            $0.known("target", group.target)
          }
        }
      }
    }
    writer.newline()
  }

  private static func write(
    _ change: PlannedChange, _ steps: [PlannedStep], _ plan: Plan, _ encoder: EventEncoder,
    _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.string("cart", change.cart)
      writer.number("version", change.version)
      if let currency = (change.after ?? change.before)?.currency {
        encoder.write(currency, &writer)
      } else {
        writer.string("currency", "")
      }
      writer.string("before", change.before?.description ?? "")
      writer.string("after", change.after?.description ?? "")
      writer.array("lines") { writer in
        for line in change.lines {
          writer.object {
            $0.string("line", line.line)
            $0.string("sku", line.sku)
            $0.known("name", line.name)
            $0.string("price", line.price)
            $0.number("before", line.before)
            $0.number("after", line.after)
          }
        }
      }
      list("changes", change.others, &writer)
      list("orders", change.orders, &writer)
      list("mails", change.mails, &writer)
      writer.array("events") { writer in
        for step in steps {
          for body in step.events {
            writer.object {
              $0.string("type", body.type.name)
              $0.string("at", plan.made.description)
              $0.string("cart", change.cart)
              if step.group > 0 { $0.string("group", String(step.group)) }
              if body.isMark {
                $0.string("target", plan.groups[step.group].target)
              } else {
                encoder.write(body, &$0)
              }
            }
          }
        }
      }
    }
    writer.newline()
  }

  private static func list(_ key: String, _ items: [String], _ writer: inout JSONWriter) {
    writer.array(key) { for item in items { $0.string(nil, item) } }
  }
}

extension Operation.Kind {
  var name: String {
    switch self {
    case .undo: "undo"
    case .redo: "redo"
    case .change, .importing, .foreign, .sync: "change"
    }
  }
}
