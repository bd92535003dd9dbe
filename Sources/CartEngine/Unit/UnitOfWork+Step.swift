import CartModel
import CartStorage

extension UnitOfWork {
  /// One command, and the events that it became.
  ///
  /// A plan holds hundreds of thousands: what only imports need stands in a class of its own.
  class Step {
    var events: [EventBody]
    var effects: [Effect]
    let actor: Actor
    var at: Timestamp
    let operation: OperationSlot
    /// Key of the first event where it must land at most once; else it is made.
    let key: EventKey?
    /// How it is decided on a cart that another writer changed; nil where it cannot be.
    let again: Again?
    /// The key of the stored cart that a decision is about; 0 where it is found by its id.
    let about: Int64

    /// Works out events anew, within the transaction that writes them.
    typealias Work = (Cart, any StorageReads) throws -> Decided

    enum Again {
      indirect case command(Command)
      case work(Work)
    }

    init(
      _ decided: Decided, actor: Actor, at: Timestamp, operation: OperationSlot,
      key: EventKey? = nil, again: Again? = nil, about: Int64 = 0
    ) {
      (events, effects) = (decided.events, decided.effects)
      self.actor = actor
      self.at = at
      self.operation = operation
      self.key = key
      self.again = again
      self.about = about
    }

    /// About how many bytes it takes, its place in the log included.
    var footprint: Int { events.reduce(350) { $0 + $1.footprint } }

    /// Where it came from, for steps of an import.
    var imported: ImportedStep? { nil }

    /// The identity of one of its events: its key, nil where one is made, and the id in a file.
    func identity(of index: Int) -> (key: EventKey?, origin: String) {
      (index == 0 ? key : nil, "")
    }
    var isImported: Bool { imported != nil }
    var command: Command? { if case .command(let command)? = again { command } else { nil } }
  }

  /// A step of an import.
  final class ImportedStep: Step {
    /// The line of a file, or 0 for what follows from another line.
    let line: Int
    /// What the line stated.
    let type: EventType
    let lineKey: EventKey
    /// Its key as the file has it.
    let origin: String
    /// The keys of what the line brings along.
    var companions: [EventKey] = []
    /// Those that its file recorded before it; empty for the shop's.
    var settings = Boxed<StoreSettings>()
    /// What became of it when it was written.
    var fate = Fate.saved
    private let stated: Command?

    enum Fate {
      case saved
      /// Another import brought the same event meanwhile.
      case known
      case refused(EngineError)
    }

    init(
      command: Command?, events: [EventBody], actor: Actor, at: Timestamp,
      operation: OperationSlot, key: EventKey, origin: String, line: Int, lineKey: EventKey,
      type: EventType
    ) {
      stated = command
      self.lineKey = lineKey
      self.line = line
      self.type = type
      self.origin = origin
      super.init(Decided(events), actor: actor, at: at, operation: operation, key: key)
    }

    override var imported: ImportedStep? { self }

    /// The last event is the one that the line states: what it brings along stands before it and has
    /// an identity of its own, so that an export holds each id once.
    override func identity(of index: Int) -> (key: EventKey?, origin: String) {
      index == events.count - 1
        ? (key, origin) : (companions.indices.contains(index) ? companions[index] : nil, "")
    }
    override var command: Command? { stated }
  }
}
