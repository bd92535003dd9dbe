import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// What a rule would have done in the past.
public struct Backtest: Sendable {
  public var rule: String
  public var version: Int64
  public var since: Timestamp
  /// Carts that something happened to since then.
  public var judged = 0
  /// Whether it flags carts and holds none.
  public var isFlag = false
  /// Those that it would have held, in the order of time.
  public var hits: [Hit] = []
  /// Carts that it failed on, and the last message.
  public var errors = 0
  public var error = ""
  /// Of the judged carts, how many had an address, an e-mail and so on.
  public var known: [ShopperField: Int] = [:]
  /// Of the judged carts, how many became an order that stands.
  public var orders = 0
  /// Where the rule read the clock, and so was asked in passes between events as well.
  public var clock: ClockPasses?
  /// Where carts have labels.
  public var score: LabelScore?

  /// A cart that would have been held, as it stood then.
  public struct Hit: Sendable {
    public var cart: String
    public var at: Timestamp
    public var reason: String
    public var total: Money?
    /// The order that it became later.
    public var order: Order?
    /// Whether the person had ordered before.
    public var isRepeat: Bool
  }

  /// How far apart simulated passes are; milliseconds.
  public static let passInterval = PassSimulation.interval

  /// What rules ask other carts by, as far as a shopper has it.
  public static let keys: [ShopperField] = [.ip, .email, .customer, .session, .country, .browser]

  /// What the carts that it would have held were worth, by currency.
  public var value: [MoneySum] { MoneySums(hits.compactMap(\.total)).amounts }
  /// Those that were ordered later: what it would have cost.
  public var lost: [Hit] { hits.filter { $0.order?.state.stands ?? false } }
  public var lostValue: [MoneySum] { MoneySums(lost.compactMap(\.order?.turnover)).amounts }
}
