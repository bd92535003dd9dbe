import CartEngine
import CartModel
import CartStorage

/// A page of a pass over a store's records; the hint that it is due says where the pass is, so that it
/// goes on after a restart.
struct SyncPage: Equatable, Sendable {
  enum Pass: String, CaseIterable, Sendable { case orders, products, customers }

  enum Records: Sendable {
    case orders(RecordPage<SeenOrder>)
    case products(RecordPage<Product>)
    case customers(RecordPage<SeenCustomer>)

    var next: Int64? {
      switch self {
      case .orders(let page): page.next
      case .products(let page): page.next
      case .customers(let page): page.next
      }
    }

    var leftOut: Int {
      switch self {
      case .orders(let page): page.leftOut
      case .products(let page): page.leftOut
      case .customers(let page): page.leftOut
      }
    }

    var count: Int {
      switch self {
      case .orders(let page): page.records.count
      case .products(let page): page.records.count
      case .customers(let page): page.records.count
      }
    }
  }

  var pass: Pass
  /// Records that changed since then; nil for all.
  var since: Timestamp?
  var number: Int64
  /// When the pass began: the next one asks for what changed since.
  var began: Timestamp

  init(_ pass: Pass, since: Timestamp?, number: Int64 = 1, began: Timestamp) {
    (self.pass, self.since, self.number, self.began) = (pass, since, number, began)
  }

  /// Nil for what no version of this program wrote.
  init?(_ name: String, _ note: String) {
    let parts = note.split(separator: "|", omittingEmptySubsequences: false)
    guard let pass = Pass(rawValue: name), parts.count == 3, let number = Int64(parts[1]),
      let began = Int64(parts[2])
    else { return nil }
    self.init(
      pass, since: Int64(parts[0]).map { Timestamp(milliseconds: $0) }, number: number,
      began: Timestamp(milliseconds: began))
  }

  var subject: LookSubject { LookSubject(.page, pass.rawValue) }
  private var note: String {
    "\(since.map { String($0.milliseconds) } ?? "")|\(number)|\(began.milliseconds)"
  }

  func hint(_ rank: LookRank = .sweep) -> LookHint { LookHint(subject, rank, note: note) }

  /// - Parameter number: of the page.
  func page(_ number: Int64) -> SyncPage {
    var page = self
    page.number = number
    return page
  }

  func read(from store: any StoreRecords) throws(StorefrontError) -> Records {
    switch pass {
    case .orders:
      let since = since ?? Timestamp(milliseconds: 0)
      return .orders(try store.orders(changedSince: since, page: number))
    case .products: return .products(try store.products(changedSince: since, page: number))
    case .customers: return .customers(try store.customers(changedSince: since, page: number))
    }
  }
}
