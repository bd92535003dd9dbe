import CartModel
import CartSupport

/// Which changes are asked about, and what the questions say.
extension Confirmer {
  /// Asks whether a cart may become an order, naming the shopper and the total.
  public func confirmOrder(of cart: Cart, given word: String? = nil) throws(EngineError) {
    let total: Money
    do throws(ModelError) {
      total = try cart.price(handler?.settings ?? StoreSettings()).total
    } catch {
      throw EngineError(error)
    }
    let pieces = CountText.count(cart.quantity, "piece")
    try confirm(
      Question(
        what:
          "order the \(cart.fullLabel): \(pieces), total \(total) \(total.currency); this cannot "
          + "be undone", isFinal: true), given: word)
  }

  /// Asks about one command on many carts: about one that is final always, about others where
  /// `confirm=N` says their number.
  ///
  /// - Parameter verb: the command's name.
  public func confirm(
    _ verb: String, ofEach keys: [Int64], isFinal: Bool, given word: String?
  ) throws(EngineError) {
    let count = CountText.carts(keys.count)
    guard isFinal, !keys.isEmpty else {
      guard let word, !isResuming else { return }
      return try confirm(
        Question(what: "\(count) match", count: keys.count, coversRun: true), given: word)
    }
    if let handler, handler.mode != .live { return }
    var sums = MoneySums()
    do {
      try handler?.reader.forEachCart(keys) { cart in
        if let settings = handler?.settings, let total = try? cart.price(settings).total {
          sums.add(total)
        }
      }
    } catch { throw EngineError(error) }
    let total = sums.amounts.map(\.description).joined(separator: ", ")
    try confirm(
      Question(
        what: "\(verb) \(count), total \(total); this cannot be undone", count: keys.count,
        wantsNumber: true, isFinal: true, coversRun: true), given: word)
  }

  /// Asks about a run that changed many carts, when it ends.
  public func confirm(runOver carts: Int) throws(EngineError) {
    try confirm(
      Question(
        what: "this changes \(CountText.carts(carts))", count: carts, wantsNumber: true,
        coversRun: true))
  }

  /// Asks about a plan of a file, where it is about many carts, or cannot be undone, or `confirm=N` is
  /// given.
  ///
  /// - Parameter showing: shows some of its changes.
  public func confirm(
    planOver carts: Int, isFinal: Bool, given word: String?,
    showing: () throws(EngineError) -> Void
  ) throws(EngineError) {
    guard let handler, handler.mode == .live else { return }
    guard word != nil || isFinal || Int64(carts) > handler.settings.confirmAbove else {
      return coverRun()
    }
    try confirm(
      Question(
        what: "this changes \(CountText.carts(carts))"
          + (isFinal ? " and makes orders or mails, which cannot be undone" : ""), count: carts,
        wantsNumber: true, coversRun: true), given: word, showing: showing)
  }

  /// Asks whether an operation may be undone or redone: many carts want their number typed, a few a
  /// yes.
  ///
  /// - Parameters:
  ///   - isUnforeseen: whether it is not the operation that the person did last.
  ///   - isPart: whether more may follow in the same run; then many carts are asked about when it
  ///     ends, with all else that it changes.
  public func confirm(
    undoOf preview: UndoReport, redo: Bool, isUnforeseen: Bool = false, isPart: Bool = false,
    given word: String? = nil
  ) throws(EngineError) {
    let count = preview.carts.count
    let isMany = Int64(count) > handler?.settings.confirmAbove ?? 0
    guard !isPart || asks && !isMany else { return }
    var what = CountText.carts(count)
    if count == 1, let only = preview.carts.first, let cart = try handler?.reader.cart(only.key) {
      what = "the \(cart.fullLabel)"
    }
    if preview.entries > 0 {
      let entries = "\(CountText.count(preview.entries, "entry", "entries")) of lists"
      what = count == 0 ? entries : "\(what) and \(entries)"
    }
    try confirm(
      Question(
        what: "\(redo ? "redo" : "undo") of operation \(preview.target.id) changes \(what)",
        count: count, wantsNumber: isMany, isUnforeseen: isUnforeseen, coversRun: !isPart),
      given: word)
  }

  /// - Throws: `unconfirmed` where an operation that is not the person's last would be undone, and
  ///   nobody can be asked about it.
  public func requireAnswers(beforeUndoOf operation: Int64) throws(EngineError) {
    guard handler?.mode == .live, ask == nil else { return }
    throw EngineError(
      .unconfirmed,
      "undo: your last operation cannot be undone; nothing was changed. To undo the one before "
        + "it, name it: .undo \(operation)")
  }

  /// Asks about entries of the blacklist, where they are dangerous or `confirm=N` is given.
  ///
  /// - Parameter preview: whom they hit; worked out only where it is wanted.
  func confirm(
    listing preview: () throws(EngineError) -> ListPreview, given word: String?
  ) throws(EngineError) {
    // What a job did when it first ran was confirmed then.
    guard word != nil || asks, handler?.current?.jobs.isReplaying != true else { return }
    let preview = try preview()
    guard word != nil || !preview.warnings.isEmpty else { return }
    let open = CountText.count(preview.open, "open cart")
    let orders = "the customers of \(CountText.count(preview.orders, "order"))"
    let reasons =
      preview.warnings.isEmpty ? "" : ": " + preview.warnings.joined(separator: "; ")
    try confirm(
      Question(
        what: "this blocks \(open) and \(orders)" + reasons, count: preview.carts,
        wantsNumber: true), given: word)
  }

  /// Asks about a rule that would have cost more good orders than the settings allow.
  ///
  /// - Parameters:
  ///   - lost: orders that it would have held in the last 30 days, of how many that stand.
  ///   - isFlag: whether it only flags carts.
  public func confirm(
    rule name: String, lost: Int, of orders: Int, isFlag: Bool, given word: String?
  ) throws(EngineError) {
    guard let settings = handler?.shop.settings else { return }
    // A few are no sign of anything in a small shop.
    let allowed = max(
      3, Int(clamping: Int128(orders) * Int128(settings.ordersLost.millionths) / 100_000_000))
    guard word != nil || !isFlag && lost > allowed else { return }
    try confirm(
      Question(
        what: "rule \(name): in the last 30 days it would have held \(lost) of "
          + "\(CountText.count(orders, "good order")); store.lua allows \(allowed) (rules = { lost = "
          + "\"\(settings.ordersLost.rounded)\" })", count: lost, wantsNumber: true), given: word)
  }

  /// Asks whether a backup may take the place of a database.
  ///
  /// - Parameters:
  ///   - current: what is in the database, in words.
  ///   - new: what is in the backup, in words.
  public func confirm(
    restoring backup: String, _ new: String, over path: String, _ current: String
  ) throws(EngineError) {
    try confirm(
      Question(
        what: "replace \(printable(path)) (\(current)) by \(printable(backup)) (\(new))",
        isFinal: true))
  }
}
