import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartSupport

/// Shows one cart: in full, or in a line.
struct CartView: WorkspacePart {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  func show(_ cart: Cart) {
    // Lines of an earlier moment are no places of the cart as it is.
    if handler.reader.moment == nil {
      workspace.shown.page(cart)
    } else {
      workspace.shown.name(cart)
    }
    if mode == .json {
      var writer = JSONWriter()
      let settings = handler.settings
      CartJSON.write(cart, status: cart.status(at: handler.now, settings), settings, &writer)
      io.output(writer.text + "\n")
      return
    }
    let page = CartPage(
      terminal: io.terminal, context: handler.reader.context, zone: shop.zone,
      note: note(on: cart.key))
    io.output(page.text(cart))
    showPictures(of: cart)
  }

  /// The sentence behind a cart that is not as it is stored.
  private func note(on key: Int64) -> String {
    if let moment = handler.reader.moment { return "as of \(shop.zone.text(moment))" }
    return handler.mode != .live && handler.reader.isUnsaved(key) ? "[not saved]" : ""
  }

  /// The pictures of a cart's lines, each below its SKU.
  private func showPictures(of cart: Cart) {
    guard let pictures = screen.pictures, screen.sink.path == nil, io.terminal.width != nil else {
      return
    }
    let lines = cart.lines.filter { !$0.image.isEmpty }
    for line in lines.prefix(Pictures.most) {
      guard screen.interrupt?.isSet != true else { return }
      guard let bytes = pictures.show(line.image) else {
        io.messages("\(printable(line.code)): its picture cannot be had")
        continue
      }
      io.output("\n" + io.terminal.styled(printable(line.code), .bold) + "\n")
      // Chafa's bytes are the terminal's, not text of a shopper.
      io.control(String(decoding: bytes, as: UTF8.self) + "\n")
    }
    if lines.count > Pictures.most {
      io.messages("\(lines.count - Pictures.most) more pictures are not shown")
    }
  }

  /// A cart in one line.
  func summarize(_ cart: Cart) {
    workspace.shown.name(cart)
    let total = (try? cart.price(shop.settings).total)?.description ?? "out of range"
    var text = "cart \(printable(cart.id)): \(cart.status(at: handler.now, shop.settings).rawValue)"
    text += ", \(CountText.count(cart.lines.count, "line"))"
    text += ", \(CountText.count(cart.quantity, "piece"))"
    text += ", total \(total) \(cart.currency)"
    if let order = cart.order { text += ", order \(printable(order.id))" }
    let claim = cart.claim(at: handler.now)
    let isOwn = claim?.by == handler.actor.person
    if let claim, isOwn { text += ", yours until \(shop.zone.text(claim.until))" }
    if handler.reader.isUnsaved(cart.key) { text += "  [not saved]" }
    io.output(text + "\n")
    if let binding = cart.binding, cart.isPending {
      let store = printable(binding.storefront)
      io.messages(
        Files.exists(home.connectionPath)
          ? "note: not sent to \(store): the connection only reads (store.writes = \"off\"); "
            + "the cart in the store is unchanged"
          : "note: \(store) has not answered this cart's changes yet")
    }
    if let claim, !isOwn {
      io.messages(
        "note: \(printable(claim.by)) has claimed this cart until \(shop.zone.text(claim.until))")
    }
  }
}
