import CartApplication
import CartEngine
import CartModel
import CartStorage
import CartSupport
import Glibc

/// Has carts of a connected store looked at before they are shown.
struct StoreLooks: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  /// A cart that was seen so lately is shown as it is; milliseconds.
  private static let fresh: Int64 = 2_000
  /// How long a person waits for a service that runs; milliseconds.
  private static let wait: Int64 = 1_000
  /// How long a pass may take that is started for one cart; seconds.
  private static let pass = 30

  /// Before a cart is shown: a known one of a store is looked at again, and one that is not known is looked
  /// up where the word is a store's id.
  func refresh(_ word: String) {
    guard handler.mode == .live, handler.reader.moment == nil, !home.access.isReadOnly,
      home.sources.now == nil, Files.exists(home.connectionPath)
    else { return }
    do {
      guard try home.connection().isConnected else { return }
      if let cart = try known(word) {
        guard let id = cart.binding?.storeID, !cart.state.isOver else { return }
        let age = cart.asOf.map { handler.now.milliseconds(since: $0) } ?? .max
        if age >= Self.fresh { try look(at: id, isKnown: true) }
      } else if Self.isStoreID(word) {
        try look(at: word.lowercased(), isKnown: false)
      }
    } catch {
      io.messages("note: the store was not asked: \(printable(ConsoleError(error).message))")
    }
  }

  /// Lets the service look at these carts first, as long as they are on the screen.
  func keepFirst(_ ids: [String]) {
    let ids = ids.filter(Self.isStoreID).prefix(InboxName.mostOnScreen)
    guard !ids.isEmpty, !home.access.isReadOnly, Files.exists(home.connectionPath),
      let inbox = try? home.openInbox()
    else { return }
    defer { inbox.close() }
    var change = InboxChange()
    let now = Home.clock()
    change.values = [(InboxName.screen, "\(now.milliseconds) " + ids.joined(separator: " "))]
    // The order of looks is no reason to say anything.
    try? inbox.write(change, at: now)
  }

  private func known(_ word: String) throws -> Cart? {
    guard !word.hasPrefix("@") else { return try? targets.cart(word) }
    // A word that means no cart may be the store's id of one.
    guard let keys = try? handler.reader.carts(meantBy: word), keys.count == 1 else { return nil }
    return try handler.reader.cart(keys[0])
  }

  /// A whole UUID, as BigCommerce gives.
  private static func isStoreID(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { place, byte in
      [8, 13, 18, 23].contains(place)
        ? byte == 0x2d
        : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
  }

  private func look(at id: String, isKnown: Bool) throws {
    let inbox = try home.openInbox()
    defer { inbox.close() }
    let asking = StoreAsking(inbox, now: Home.clock) { usleep(UInt32(clamping: $0 * 1000)) }
    switch try asking.look(at: [id], areKnown: isKnown, wait: Self.wait) {
    case .looked: break
    case .waiting:
      io.messages("note: the store has not answered yet; shown as it is known")
    case .stopped(let words):
      io.messages("note: the store is not asked now: \(printable(words))")
    case .noService: try startPass(for: id, isKnown: isKnown)
    }
    // What the look changed is shown.
    application.refreshSettings()
    application.beginReading("cart")
  }

  /// Without a service a pass of its own looks the cart up.
  private func startPass(for id: String, isKnown: Bool) throws {
    let program = ServiceProgram.path
    guard access(program, X_OK) == 0 else {
      io.messages("note: \(program) is not there, so the store was not asked")
      return
    }
    if !isKnown { io.messages("Looking the cart up in the store…") }
    let words = [program, "sync", id, "--home", home.folder, "--db", home.databasePath]
    if Process.output(words, seconds: Self.pass) == nil, isKnown {
      io.messages("note: the store did not answer; shown as it is known")
    }
  }
}
