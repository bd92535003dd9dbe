import CartEngine
import CartModel

extension StoreAccount {
  /// Whether the token has one permission.
  public enum Permission: Equatable, Sendable {
    case granted
    case missing
    /// The store did not answer clearly; the reason.
    case unknown(String)
  }

  /// Asks for one thing of each kind, and never changes anything.
  ///
  /// - Throws: `unauthorized` where the token is not accepted at all; `throttled`, `closed`.
  public func permissions() throws(StorefrontError) -> [(scope: StoreScope, Permission)] {
    var found: [(StoreScope, Permission)] = []
    for scope in StoreScope.allCases { found.append((scope, try permission(scope))) }
    return found
  }

  public func permission(_ scope: StoreScope) throws(StorefrontError) -> Permission {
    do throws(StorefrontError) {
      let response = try client.exchange(scope.probe)
      switch response.status {
      case 403: return .missing
      // There is no such cart: the store looked for it.
      case 200..<300, 404: return .granted
      default:
        try client.check(response, scope.probe)
        return .unknown("the store answered \(response.status)")
      }
    } catch {
      switch error.code {
      case .unavailable, .garbled, .unsupported, .notFound: return .unknown(error.message)
      case .throttled, .closed, .unauthorized: throw error
      }
    }
  }
}

extension StoreScope {
  /// The smallest request that needs it.
  fileprivate var probe: StoreCall {
    let one = [("limit", "1")]
    return switch self {
    case .carts: StoreCall("v3/carts/\(Self.noCart)")
    case .checkouts: StoreCall("v3/checkouts/\(Self.noCart)")
    case .orders: StoreCall("v2/orders", query: one)
    case .customers: StoreCall("v3/customers", query: one)
    case .products: StoreCall("v3/catalog/products", query: one)
    case .information: StoreCall("v2/store")
    case .content: StoreCall("v3/content/scripts", query: one)
    case .channels: StoreCall("v3/channels", query: one)
    }
  }

  /// Of the form of an id, and none that a store gives.
  private static let noCart = "00000000-0000-4000-8000-000000000000"
}
