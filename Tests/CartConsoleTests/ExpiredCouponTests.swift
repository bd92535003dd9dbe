import CartTesting
import Testing

@testable import CartConsole

/// A coupon that has expired since the cart's last change.
struct ExpiredCouponTests {
  @Test func thePageSaysThatItsDiscountEnds() throws {
    let desks = try Desks(
      Desks.carts + """

        {"type":"coupon.applied","at":"2026-11-01T07:04:00Z","cart":"cart1","code":"NOW"}
        {"type":"coupon.applied","at":"2026-11-01T07:04:00Z","cart":"cart2","code":"LATER"}
        """,
      settings: """
        return { timezone = "UTC", coupons = {
          NOW = { percent = "10", expires = "2026-11-01 07:30" },
          LATER = { percent = "10", expires = "2026-12-01" },
        } }
        """)
    let page = desks.type(".cart cart1")
    #expect(
      page.contains(
        "NOW (it expired at 2026-11-01 07:30:00; the next change of the cart ends its discount)"),
      "\(page)")
    #expect(page.contains("-3.04"), "\(page)")
    #expect(
      desks.type(".order cart1 confirm=1").contains(
        "coupon 'NOW': it expired at 2026-11-01 07:30:00"))
    desks.type(".add cart1 TEA-01")
    let changed = desks.type(".cart cart1")
    #expect(
      changed.contains("NOW (takes nothing off: it expired at 2026-11-01 07:30:00)"), "\(changed)")
    #expect(!desks.type(".cart cart2").contains("expired"))
  }
}
