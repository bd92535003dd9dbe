import BigCommerce
import CartApplication
import CartModel
import CartStorage
import CartSync
import HTTPServing

/// Takes the store's webhooks: each says what to look at, and is answered when that is on the disk.
final class HookRoute: Sendable {
  private let writer: InboxWriter
  private let secret: HookSecret
  private let hash: String
  private let figures: SyncFigures
  private let log: ServiceLog
  private let now: @Sendable () -> Timestamp
  /// How long more hooks of a burst are waited for; milliseconds.
  private static let patience: Int64 = 150

  init(
    _ writer: InboxWriter, _ file: ConnectionFile, _ figures: SyncFigures, _ log: ServiceLog,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.writer = writer
    // Hooks that the store sends again may still have the secret of before.
    secret = HookSecret(
      [file[.hookSecret], file[.oldHookSecret]].compactMap { $0 },
      clientSecret: file[.clientSecret])
    hash = file[.storeHash] ?? ""
    (self.figures, self.log, self.now) = (figures, log, now)
  }

  func answer(_ request: HTTPServerRequest, _ responder: HTTPResponder) {
    guard secret.isValid(request[header: HookSecret.header]) else {
      figures.ignore("secret")
      return responder.respond(.init(401))
    }
    switch secret.signature({ request[header: $0] }, request.body, at: now()) {
    case .invalid:
      figures.ignore("signature")
      return responder.respond(.init(401))
    // A late delivery makes us look, and a look does no harm.
    case .old: figures.ignore("old_signature")
    case .unchecked, .valid: break
    }
    let message = HookMessage(request.body, store: hash)
    let hints = hints(message)
    guard !hints.isEmpty else { return responder.respond(.init(200)) }
    let isTaken = writer.write(hints) { [figures] failure in
      if failure == nil { figures.count(.received) }
      responder.respond(.init(failure == nil ? 200 : 503))
    }
    // The store sends it again.
    if !isTaken { responder.respond(.init(503)) }
  }

  private func hints(_ message: HookMessage) -> [LookHint] {
    switch message.subject {
    case .cart(let id, let news): return cart(id, news, message.scope)
    case .order(let id):
      return [LookHint(LookSubject(.order, id), .changed, patience: Self.patience)]
    case .product(let id):
      return [LookHint(LookSubject(.product, id), .sweep, patience: Self.patience)]
    // The catalogue keeps what orders and carts still name.
    case .productDeleted: figures.ignore("product_deleted")
    case .customer: figures.ignore("customer")
    case .uninstalled:
      log.write(.error, "uninstalled", "the store has removed the app; its token works no more")
      figures.ignore("uninstalled")
    case .undelivered:
      log.write(.warning, "undelivered", "the store could not deliver a hook")
      figures.ignore("undelivered")
    case .ignored(let reason):
      figures.ignore(reason == .scope ? "scope" : reason.rawValue)
    }
    return []
  }

  private func cart(_ id: String, _ news: HookMessage.CartNews, _ scope: String) -> [LookHint] {
    let isNew = scope.hasSuffix("cart/created")
    var hints = [
      LookHint(
        .cart(id), isNew ? .new : .changed, note: news.isGone ? LookHint.gone : "",
        patience: news.isGone ? 0 : Self.patience)
    ]
    if let order = news.order { hints.append(LookHint(LookSubject(.order, order), .changed)) }
    return hints
  }
}
