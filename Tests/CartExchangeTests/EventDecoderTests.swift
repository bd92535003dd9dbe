import CartEngine
import CartModel
import CartTesting
import Testing

/// What an event of each type needs, and what is said where it lacks it.
struct EventDecoderTests {
  /// The reject of an event with a cart and nothing else; empty where that is enough.
  private func lack(_ type: EventType) -> String {
    switch type {
    case .core(let type): lack(type)
    case .declared(.paymentAttempted): "missing field 'result'"
    case .declared(.cartSent): "cart 'c1': unknown"
    case .declared(.cartBound): "missing field 'storefront'"
    case .declared(.cartMerged): "missing field 'into'"
    case .declared(.totalsStated): "missing field 'subtotal'"
    }
  }

  private func lack(_ type: CoreType) -> String {
    switch type {
    case .cartCreated: ""
    case .lineAdded: "missing field 'sku' or 'product'"
    case .lineChanged, .lineRemoved, .lineRestated: "missing field 'line' or 'sku'"
    case .shopperIdentified: "missing field 'shopper'"
    case .addressSet: "missing field 'shipping' or 'billing'"
    case .attributesSet: "missing field 'attributes'"
    case .couponApplied, .couponRemoved: "missing field 'code'"
    case .cartOrdered, .cartDeleted, .cartHeld, .cartRestored, .cartReleased, .cartNoted,
      .cartUnnoted:
      "cart 'c1': unknown"
    case .cartFlagged, .cartUnflagged: "missing field 'rule'"
    case .cartClaimed: "missing field 'until'"
    case .orderPaid, .orderCancelled, .orderRefunded: "missing field 'order'"
    case .operationUndone, .operationRedone: "missing field 'target'"
    case .productUpserted: "missing field 'sku'"
    case .customerUpserted: "missing field 'customer'"
    case .settingsChanged: "missing field 'settings'"
    case .sourceRecorded: "missing field 'source'"
    case .ruleVersioned, .ruleSet, .decisionMade, .policyRan: "missing field 'rule'"
    case .entryAdded, .entryRemoved: "expected one of 'ip', 'email' and 'country', got 0"
    }
  }

  @Test(
    "An event that lacks a key is rejected, and the key is named", arguments: EventType.allCases)
  func missing(type: EventType) throws {
    let event = #"{"type":"\#(type.name)","at":"2026-11-01T07:00:00Z","cart":"c1"}"#
    let (report, rejects) = try TestShop().take(event)
    let reason = lack(type)
    #expect(rejects.map(\.reason) == (reason.isEmpty ? [] : [reason]))
    #expect(report.total == (reason.isEmpty ? 1 : 0))
  }

  @Test(
    "A value that is none of the known ones is rejected, and those are named",
    arguments: [
      (
        #""type":"rule.set","rule":"r","mode":"maybe""#,
        "mode: expected shadow, enforce or off, got 'maybe'"
      ),
      (
        #""type":"decision.made","rule":"r","of":"c1","outcome":"maybe""#,
        "outcome: expected hold, flag, error, order or left, got 'maybe'"
      ),
      (
        #""type":"rule.set","rule":"r","version":-1,"mode":"off""#,
        "version: expected a whole number of up to 10^9"
      ),
      (
        #""type":"settings.changed","settings":{"currency":"ZZZ"}"#,
        "settings: currency: expected a code of ISO 4217, got 'ZZZ'"
      ),
      (
        #""type":"policy.ran","rule":"r","carts":"x""#, "carts: expected a whole number"
      ),
      (
        #""type":"cart.claimed","cart":"c1","until":"2026-11-01T08:00:00Z","by":"/""#,
        "by: actor: expected shopper, sync, import, staff:NAME, rule:NAME or policy:NAME, got '/'"
      ),
      (
        #""type":"cart.ordered","cart":"c1","total":"1.005""#,
        "total: amount: expected a decimal with at most 2 decimals (EUR), got '1.005'"
      ),
    ])
  func values(members: String, reason: String) throws {
    let (_, rejects) = try TestShop().take(#"{"at":"2026-11-01T07:00:00Z",\#(members)}"#)
    #expect(rejects.map(\.reason) == [reason])
  }
}
