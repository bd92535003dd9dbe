import CartEngine
import CartModel
import CartRules
import CartScripting
import CartStorage
import CartSupport
import LuaKit

/// A home that is open for work: engine, scripting, rules and settings of one shop, wired.
///
/// It is confined to the thread that made it, and shows and asks nothing by itself.
public final class Application {
  public let home: Home
  public let shop: Shop
  public let handler: CommandHandler
  public let session: ScriptSession
  public let book: RuleBook
  public let settings: SettingsWatch
  /// Told what a user should know, a line each.
  public var messages: (String) -> Void
  /// What the caller adds to each run.
  public var observer = RunObserver()
  /// The versions of rules of which was said that they are not recorded.
  var unrecorded: Set<[String]> = []
  /// The job that the next run goes on with.
  var resumption: (job: Int64, retry: Bool)?
  /// When it was opened.
  public let started: Timestamp
  private let interrupt: InterruptFlag?
  var hasInterrupt: Bool { interrupt != nil }

  /// Opens the shop of a home; a database that may be made is made by the first write.
  ///
  /// - Parameters:
  ///   - ask: shows a question and reads its answer; nil where nobody can be asked.
  ///   - interrupt: ends what runs.
  ///   - output: takes what scripts print.
  ///   - messages: takes what a user should know, a line each, without control characters.
  /// - Throws: `failed` where there is no database; what opening it or its settings throws.
  public init(
    _ home: Home, ask: ((String) -> Confirmer.Answer)? = nil, interrupt: InterruptFlag? = nil,
    output: @escaping (String) -> Void, messages: @escaping (String) -> Void
  ) throws {
    self.home = home
    self.messages = messages
    self.interrupt = interrupt
    let isNew = home.isNew && home.isDatabaseNamed
    var opening = home
    if opening.access.missing == .made { opening.access.missing = .madeByWriting }
    let stamp = FileStamp(home.settingsPath)
    shop = try opening.openShop()
    settings = SettingsWatch(home, shop, stamp: stamp)
    if let note = settings.note { messages(printable(note)) }
    if isNew {
      messages(
        "database: \(printable(home.databasePath)) does not exist; the first change makes it")
    }
    started = shop.now()
    handler = CommandHandler(shop, mode: home.access.mode, actor: try home.actor())
    handler.confirmer.takeAnswers(from: ask, saysYes: home.access.saysYes)
    book = RuleBook(handler, folder: home.rulesFolder)
    handler.judge = book
    book.messages = { messages(printable($0)) }
    let seed = home.sources.seed ?? UInt64.random(in: .min ... .max)
    session = try ScriptSession(
      handler, profile: .console, seed: seed, capacity: home.limits.capacity, output: output)
    session.limit(home.limits.budget)
    session.messages = { messages(printable($0)) }
    session.libraryFolder = home.rulesFolder + "/lib"
    handler.hooks.exceededBound = { [unowned session] in session.bound(exceededBy: $0) }
    if let interrupt {
      session.interrupt(on: interrupt)
      handler.hooks.shouldStop = { interrupt.isSet || RunDeadline.isPast }
    }
  }

  /// How long a pipe is waited for.
  public var wait: StreamWait {
    StreamWait(until: home.readingDeadline) { [interrupt] in interrupt?.isSet == true }
  }

  /// Closes the database.
  public func close() { shop.close() }

  /// Lets what runs next have the database and the settings as they are now.
  public func refreshSettings() {
    // What reads carts reports a database that cannot be opened.
    if (try? shop.store.openIfMade()) == true {
      messages("database: \(printable(home.databasePath)) was made by another program: opened")
    }
    if let words = settings.refresh() { messages(printable(words)) }
  }
}
