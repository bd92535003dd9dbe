import CartEngine
import CartModel
import CartStorage

/// A store that is connected: its carts, and what else it says.
public struct ConnectedStore: Sendable {
  public let carts: any Storefront
  public let records: any StoreRecords

  public init(_ carts: any Storefront, _ records: any StoreRecords) {
    (self.carts, self.records) = (carts, records)
  }
}

/// What a store answered to a look.
enum LookAnswer: Sendable {
  case cart(Seen)
  case order(SeenOrder)
  case products([Product])
  /// The cart that a token stands for.
  case token(cart: String)
  case page(SyncPage, SyncPage.Records)
  /// Nothing had to be asked.
  case none
}

struct LookResult: Sendable {
  let look: DueLook
  let answer: Result<LookAnswer, StorefrontError>
}

/// Threads that ask a store; what it answers is taken in by another one.
final class LookWorkers {
  let count: Int
  private let store: ConnectedStore
  private let work = Mailbox<DueLook?>()
  private let results = Mailbox<LookResult>()
  private var threads: [WorkerThread] = []

  /// - Parameter count: of threads; with 0 a look is done where it is asked for.
  init(_ store: ConnectedStore, count: Int) {
    (self.store, self.count) = (store, count)
    threads = (0..<count).map { _ in
      WorkerThread { [work, results] in
        while let look = work.receive(limit: 1, wait: nil).first {
          guard let look else { return }
          results.send(LookResult(look: look, answer: Self.ask(store, look)))
        }
      }
    }
  }

  func submit(_ look: DueLook) {
    guard count == 0 else { return work.send(look) }
    results.send(LookResult(look: look, answer: Self.ask(store, look)))
  }

  /// - Parameter wait: how long the first one is waited for; milliseconds.
  func finished(wait: Int64) -> [LookResult] { results.receive(wait: wait) }

  /// Ends a wait for results.
  var nudge: @Sendable () -> Void { { [results] in results.nudge() } }

  /// Lets the looks that are under way end.
  ///
  /// - Returns: what they gave.
  func stop() -> [LookResult] {
    for _ in threads { work.send(nil) }
    for thread in threads { thread.join() }
    threads = []
    return results.receive(wait: 0)
  }

  private static func ask(_ store: ConnectedStore, _ look: DueLook)
    -> Result<LookAnswer, StorefrontError>
  {
    do throws(StorefrontError) {
      let name = look.subject.name
      switch look.subject.kind {
      case .cart:
        return .success(.cart(try store.carts.look(name, isGone: look.note == LookHint.gone)))
      case .order: return .success(.order(try store.records.order(name)))
      case .product: return .success(.products(try store.records.products(of: name)))
      case .token: return .success(.token(cart: try store.records.cart(ofToken: name)))
      case .page:
        guard let page = SyncPage(name, look.note) else { return .success(.none) }
        return .success(.page(page, try page.read(from: store.records)))
      case .report: return .success(.none)
      }
    } catch { return .failure(error) }
  }
}
