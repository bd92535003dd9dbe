import CartEngine
import CartModel
import CartSupport

/// The script in the storefront's pages that reports what a cart does not know: IP, browser, session.
public struct BeaconScript: Sendable {
  let client: StoreClient

  public init(_ client: StoreClient) { self.client = client }

  static let name = "Cartio"

  public enum Outcome: Equatable, Sendable {
    case kept, created, updated
  }

  /// Puts the script into the pages of a channel, or corrects ours.
  ///
  /// - Parameters:
  ///   - address: of the script: `https://shop.example.com/beacon.js`.
  ///   - consent: what a shopper must have agreed to before a store with a cookie banner runs it; a store
  ///     runs a script without one never.
  ///   - channel: nil for the store's usual one.
  /// - Throws: `unsupported` with the store's words; `unauthorized` without the scope for content.
  public func register(
    _ address: String, consent: StoreSettings.Connection.Consent, channel: Int64? = nil
  ) throws(StorefrontError) -> Outcome {
    let own = try find(address, channel)
    if let own, isAsWanted(own, address, consent) { return .kept }
    let uuid = own.map { $0.text("uuid") } ?? ""
    guard own == nil || CartID(uuid) != nil else {
      throw StorefrontError(.garbled, "script: expected a UUID, got \(quoted(uuid))")
    }
    let path = "v3/content/scripts" + (own == nil ? "" : "/\(uuid)")
    let reply = try client.send(
      StoreCall(own == nil ? "POST" : "PUT", path) { body in
        body.string("name", Self.name)
        body.string("description", "Reports which browser a cart is in; Cartio shows it to staff.")
        body.string("src", address)
        body.string("kind", "src")
        body.string("load_method", "async")
        body.string("location", "footer")
        body.string("visibility", "storefront")
        body.bool("auto_uninstall", true)
        body.bool("enabled", true)
        body.string("consent_category", consent.rawValue)
        if let channel { body.number("channel_id", channel) }
      })
    guard reply.isDone else {
      throw StorefrontError(.unsupported, "script: \(StoreWords.title(reply))")
    }
    return own == nil ? .created : .updated
  }

  /// Ours: by its address, else by its name among those of this API account.
  private func find(_ address: String, _ channel: Int64?) throws(StorefrontError) -> JSONValue? {
    var (items, page) = ([JSONValue](), Int64(1))
    while true {
      var query = [("limit", "250"), ("page", String(page))]
      if let channel { query.append(("channel_id:in", String(channel))) }
      let reply = try client.get(StoreCall("v3/content/scripts", query: query))
      items += reply.json.list("data")
      guard let next = Pages.next(reply.json, after: page), page < 100 else { break }
      page = next
    }
    return items.first { $0.text("src", limit: 4000) == address }
      ?? items.first {
        $0.text("name") == Self.name && $0.text("src", limit: 4000).hasSuffix("/beacon.js")
      }
  }

  private func isAsWanted(
    _ script: JSONValue, _ address: String, _ consent: StoreSettings.Connection.Consent
  ) -> Bool {
    script.text("src", limit: 4000) == address && script.flag("enabled") ?? true
      && script.text("consent_category") == consent.rawValue
      && ["storefront", "all_pages"].contains(script.text("visibility"))
  }
}
