import CartStorage
import CartSync

/// What Prometheus reads (text format 0.0.4).
struct MetricsPage {
  private(set) var text = ""

  mutating func add(
    _ name: String, _ kind: String, _ help: String, _ values: [(labels: [(String, String)], Int64)]
  ) {
    guard !values.isEmpty else { return }
    text += "# HELP cartio_\(name) \(help)\n# TYPE cartio_\(name) \(kind)\n"
    for (labels, value) in values {
      let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      text += "cartio_\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.append(character)
      }
    }
    return out
  }
}

extension MetricsPage {
  init(_ figures: SyncFigures.Values, _ inbox: InboxCount, at now: Int64) {
    add(
      "events_received_total", "counter", "Webhooks that were accepted.",
      [([], figures[.received])])
    add(
      "events_applied_total", "counter", "Looks and records that changed something.",
      [([], figures[.applied])])
    add(
      "events_ignored_total", "counter", "What was not looked at, by reason.",
      figures.ignored.sorted { $0.key < $1.key }.map { ([("reason", $0.key)], $0.value) })
    add("looks_total", "counter", "Looks at carts.", [([], figures[.looks])])
    add(
      "looks_unchanged_total", "counter", "Looks that showed nothing new.",
      [([], figures[.unchanged])])
    add(
      "looks_late_total", "counter", "Answers that were older than what is known.",
      [([], figures[.late])])
    add("looks_failed_total", "counter", "Looks without an answer.", [([], figures[.failed])])
    add("queue_length", "gauge", "Looks that are to be done.", [([], inbox.total)])
    add("queue_hinted", "gauge", "Looks that a hint asks for.", [([], inbox.hinted)])
    add(
      "queue_oldest_seconds", "gauge", "Age of the oldest hint.",
      [([], inbox.oldest.map { max(0, now - $0.milliseconds) / 1000 } ?? 0)])
    add(
      "stopped", "gauge", "Whether requests to the store are paused.",
      [([], figures.stopped == nil ? 0 : 1)])
  }
}
