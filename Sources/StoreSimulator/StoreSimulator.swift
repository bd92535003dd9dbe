import CartSupport
import Dispatch
import HTTPServing
import Synchronization

/// A store with shoppers that answers as BigCommerce does, over HTTP on this machine.
///
/// All that happens comes from the seed and from the injected time. Hooks are sent when `deliver` is
/// called, or by a thread of their own after `startDelivery`.
public final class StoreSimulator: Sendable {
  public let configuration: SimulatorConfiguration
  private let clock: @Sendable () -> Int64
  private let store: Mutex<SimulatedStore>
  private let server = Mutex<(server: HTTPServer, port: Int)?>(nil)
  private let delivery = Mutex(())
  private let thread = DeliveryThread()

  /// - Parameter clock: gives the time in milliseconds since 1970.
  public init(
    _ configuration: SimulatorConfiguration, clock: @escaping @Sendable () -> Int64
  ) {
    (self.configuration, self.clock) = (configuration, clock)
    store = Mutex(SimulatedStore(configuration, clock: clock))
  }

  // It may end on the thread of the hooks, which cannot wait for itself.
  deinit { thread.cancel() }

  // MARK: Network

  /// Begins to answer.
  ///
  /// - Parameter port: 0 takes any free one.
  /// - Returns: the port.
  @discardableResult
  public func start(port: Int = 0) throws(HTTPServerError) -> Int {
    let made = HTTPServer(HTTPServerConfiguration(port: port)) { [weak self] request, responder in
      guard let self else { return }
      let result = store.withLock { StoreAPI.answer(request, &$0) }
      let send: @Sendable () -> Void = {
        if result.isDropped { responder.drop() } else { responder.respond(result.response) }
      }
      guard result.delay > 0 else { return send() }
      DispatchQueue.global().asyncAfter(
        deadline: .now() + .milliseconds(result.delay), execute: send)
    }
    let taken = try made.start()
    server.withLock { $0 = (made, taken) }
    return taken
  }

  /// What stands before `/stores/…`; empty where it does not answer.
  public var address: String {
    server.withLock { $0.map { "http://127.0.0.1:\($0.port)" } ?? "" }
  }

  public func stop() {
    thread.stop()
    let taken = server.withLock { server in
      defer { server = nil }
      return server
    }
    taken?.server.stop(within: 1_000)
  }

  /// Answers a request without a network.
  ///
  /// - Returns: nil where the connection breaks.
  public func answer(_ request: HTTPServerRequest) -> HTTPServerResponse? {
    let result = store.withLock { StoreAPI.answer(request, &$0) }
    return result.isDropped ? nil : result.response
  }

  /// Sends the hooks that are due, and waits for the answers.
  ///
  /// - Parameters:
  ///   - all: whether late ones and retries go out at once as well.
  ///   - senders: connections that send at once; one keeps the order.
  /// - Returns: how many were sent.
  @discardableResult
  public func deliver(all: Bool = false, senders: Int = 1) -> Int {
    delivery.withLock { _ in
      let calls = store.withLock { $0.hooks.take(at: clock(), all: all) }
      let count = max(1, min(senders, calls.count))
      DispatchQueue.concurrentPerform(iterations: count) { first in
        let sender = HookSender(configuration)
        for index in stride(from: first, to: calls.count, by: count) {
          let time = (clock() + configuration.clockDrift) / 1_000
          let isTaken = sender.send(calls[index], now: time)
          store.withLock { $0.hooks.settle(calls[index], isTaken: isTaken, at: clock()) }
        }
      }
      return calls.count
    }
  }

  /// Sends hooks from a thread of its own as they become due, until `stop`.
  public func startDelivery(senders: Int = 4) {
    thread.start { [weak self] in self?.deliver(senders: senders) ?? 0 }
  }

  // MARK: Shoppers

  /// Lets a shopper, or the merchant, do something.
  @discardableResult
  public func act() -> ShopperAct { store.withLock { $0.act() } }

  /// - Returns: false where nothing is there that it can be done to.
  @discardableResult
  public func perform(_ act: ShopperAct) -> Bool { store.withLock { $0.perform(act) } }

  public var faults: SimulatorConfiguration.Faults {
    get { store.withLock { $0.chance.faults } }
    set { store.withLock { $0.chance.faults = newValue } }
  }

  /// Switches a hook off, as the store does after 90 quiet days.
  public func deactivateHooks() {
    store.withLock { store in
      for hook in store.hooks.hooks { store.hooks.deactivate(hook.id, at: store.now) }
    }
  }

  // MARK: Truth

  /// The ids of the carts that are there, oldest first.
  public var cartIDs: [String] { store.withLock { $0.shelf.ids } }
  public func carts() -> [TrueCart] { store.withLock { $0.shelf.all.map(TrueCart.init) } }
  public func cart(_ id: String) -> TrueCart? { store.withLock { $0.shelf[id].map(TrueCart.init) } }
  /// Nil for a cart that is there, or never was.
  public func fate(_ id: String) -> SimulatedFate? { store.withLock { $0.shelf.fates[id] } }
  public func fates() -> [String: SimulatedFate] { store.withLock { $0.shelf.fates } }
  public func orders() -> [TrueOrder] { store.withLock { $0.orders.map(TrueOrder.init) } }

  public func products() -> [TrueProduct] {
    store.withLock { store in
      store.catalogue.products.flatMap { product in
        product.variants.map { variant in
          TrueProduct(
            product: product.id, variant: variant.id, sku: variant.sku, name: product.name,
            price: (variant.price ?? product.salePrice ?? product.price).text,
            inventory: product.inventory == nil ? nil : variant.inventory)
        }
      }
    }
  }

  /// The answers about carts that were given, by the carts' ids.
  public func served() -> [String: ServedCart] { store.withLock { $0.ledger.served } }

  public var statistics: SimulatorStatistics {
    store.withLock { store in
      SimulatorStatistics(
        violations: store.ledger.violations, requests: store.ledger.requests,
        statuses: store.ledger.statuses,
        faults: store.ledger.faults.merging(store.hooks.faults) { $0 + $1 },
        overQuota: store.quota.refused, mostInWindow: store.quota.most,
        hooksSent: store.hooks.sent, hooksWaiting: store.hooks.calls.count)
    }
  }
}
