import CartModel
import CartStorage

/// An event that came, with its identity.
struct IncomingEvent {
  let event: StatedEvent
  let key: EventKey
  /// The identity of its line, whatever id the file gives it.
  let lineKey: EventKey
  /// The id that the file gave it, where that is not the key.
  let origin: String
  /// Where it stands in the file; 0 for what follows from another line.
  let line: Int
  /// The keys of its line that were not read.
  let unread: [IgnoredKeys.Unread]

  init(_ line: StatedLine, _ keys: (event: EventKey, line: EventKey)) {
    event = line.event
    (key, lineKey) = keys
    origin = event.id.isEmpty || EventKey(event.id) != nil ? "" : event.id
    self.line = line.number
    unread = line.unread
  }

  /// The creation of a cart that an event is the first of.
  init(creationFor event: StatedEvent, _ key: EventKey) {
    self.event = event
    self.key = key
    lineKey = key
    origin = ""
    line = 0
    unread = []
  }

  func step(
    _ command: Command?, _ events: [EventBody], _ operation: UnitOfWork.OperationSlot
  ) -> UnitOfWork.ImportedStep {
    .init(
      command: command, events: events, actor: event.actor ?? .shopper, at: event.at,
      operation: operation, key: key, origin: origin, line: line, lineKey: lineKey,
      type: event.type)
  }
}

/// What became of an event.
enum ImportOutcome {
  case imported
  /// It is counted elsewhere, once later events have come.
  case held
  case rejected(String)
}
