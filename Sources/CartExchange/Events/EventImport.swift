import CartEngine
import CartModel
import CartSupport

/// Reads events from lines of JSON and imports them as history: one operation, committed in batches.
///
/// No rule, policy, mail or store call follows. Importing a file twice changes nothing: an event is
/// known by its id, else by its text and how often that stood before in the file.
public final class EventImport {
  let admission: ImportAdmission
  private var decoder: EventDecoder
  private let keyLog = KeyLog()
  private let isLenient: Bool
  /// The zone of times that have none.
  let zone: ZoneRules

  public struct Options: Sendable {
    /// Skip types that are not known, instead of rejecting them.
    public var lenient = false
    /// Work everything out and save nothing.
    public var dry = false
    /// Judge each changed cart by the lists, as if it happened now.
    public var live = false
    /// How many events a transaction holds.
    package var batch = 10_000

    public init() {}
  }

  /// - Parameters:
  ///   - source: the file, as the operation names it.
  ///   - onReject: called with each line that is not imported.
  public init(
    _ shop: Shop, actor: Actor = .importer, source: String, options: Options = .init(),
    onReject: @escaping (Reject) throws(EngineError) -> Void
  ) throws(EngineError) {
    decoder = EventDecoder(shop.settings)
    zone = shop.zone
    isLenient = options.lenient
    var asked = ImportAdmission.Options()
    (asked.isDry, asked.isLive, asked.batch) = (options.dry, options.live, options.batch)
    admission = try ImportAdmission(
      shop, actor: actor, source: source, options: asked, onReject: onReject)
  }

  /// Imports a file of JSON lines.
  ///
  /// - Parameter each: called with each line's number.
  public func accept(_ reader: LineReader, each: (Int) throws -> Void) throws {
    let texts = TextCache()
    while true {
      let lines = try reader.nextLines()
      guard !lines.isEmpty else { break }
      for read in lines {
        guard var line = decoder.parse(read.bytes, number: read.number, keyLog, texts) else {
          continue
        }
        if case .rejected = line.content, read.text == nil {
          line.content = .rejected(reader.input.invalidReason)
        }
        try accept(line) { Self.shown(read.bytes) }
        try each(read.number)
      }
    }
  }

  /// Imports one line of JSON.
  public func accept(line: ArraySlice<UInt8>, number: Int) throws(EngineError) {
    guard let parsed = decoder.parse(line, number: number, keyLog) else { return }
    try accept(parsed) { Self.shown(line) }
  }

  /// Imports one event that was made from a line.
  ///
  /// - Parameter text: the line, as a reject shows it; nil for the event itself.
  /// - Returns: whether it was not rejected.
  @discardableResult
  public func accept(_ json: JSONValue, number: Int, text: String? = nil) throws(EngineError)
    -> Bool
  {
    var writer = JSONWriter()
    writer.value(nil, json)
    let bytes = writer.bytes[...]
    return try accept(decoder.parse(json, bytes, number: number, keyLog)) {
      text ?? Self.shown(bytes)
    }
  }

  @discardableResult
  private func accept(_ line: ParsedLine, _ text: () -> String) throws(EngineError) -> Bool {
    switch line.content {
    case .event(let event):
      let isTaken = try admission.admit(
        StatedLine(event, number: line.number, digest: line.digest, unread: line.unread), text)
      // Settings that the file records count for the lines after them.
      if case .settings = event.payload { decoder = EventDecoder(admission.settings) }
      return isTaken
    case .unknownType where isLenient:
      admission.countSkipped()
      return true
    case .rejected(let reason): try admission.reject(line.number, reason, text())
    case .unknownType(let name):
      try admission.reject(line.number, "unknown type \(quoted(name))", text())
    }
    return false
  }

  /// Counts a line that cannot be imported.
  ///
  /// - Parameter kind: what rejects of one reason share; nil for the reason without what it quotes.
  public func reject(_ line: Int, _ reason: String, _ text: String, kind: String? = nil)
    throws(EngineError)
  {
    try admission.reject(line, reason, text, kind: kind)
  }

  /// What is wrong with the keys of an event that a script made; nil where all of them are known.
  public func unknownKey(in json: JSONValue) -> String? { decoder.unknownKey(in: json, keyLog) }

  /// Whether a product or customer is already as an event says.
  func isCurrent(_ json: JSONValue) throws(EngineError) -> Bool {
    guard let event = decoder.stated(json) else { return false }
    return try admission.isCurrent(event)
  }

  /// Saves what is left and gives the numbers.
  public func finish() throws(EngineError) -> ImportReport { try admission.finish() }

  /// Ends an import that failed: saves what is left where that can be, and says what was imported.
  public func abandon() -> ImportReport { admission.abandon() }

  /// The line as a reject shows it; a card's number is masked.
  private static func shown(_ line: ArraySlice<UInt8>) -> String {
    let json = line.withUnsafeBytes { bytes in try? JSONParser.parse(bytes) }
    guard case .object(var members)? = json else { return shownText(textPrefix(line, 4096)) }
    var isMasked = false
    for place in members.indices where ["card", "code", "result"].contains(members[place].key) {
      guard let text = members[place].value.scalar, CardNumber.isWithin(text) else { continue }
      (members[place].value, isMasked) = (.string(CardNumber.mask), true)
    }
    guard isMasked else { return shownText(textPrefix(line, 4096)) }
    var writer = JSONWriter()
    writer.value(nil, .object(members))
    return shownText(textPrefix(writer.bytes[...], 4096))
  }
}
