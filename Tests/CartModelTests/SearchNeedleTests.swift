import Testing
@testable import CartModel

struct SearchNeedleTests {
  private func cart(_ email: String) -> Cart {
    var cart = Cart(key: 1, id: "c1", currency: .eur, at: Timestamp(milliseconds: 0))
    cart.shopper[.email] = ShopperField.email.normalised(email)
    return cart
  }

  @Test(arguments: [
    "anna@münchen.de", "münchen.de", "ANNA@MÜNCHEN.DE", "xn--mnchen-3ya.de", "anna",
  ])
  func anInternationalDomainIsFoundAsItIsTyped(word: String) {
    #expect(SearchNeedle(word).isIn(cart("anna@münchen.de")))
    #expect(!SearchNeedle(word).isIn(cart("ben@munchen.com")))
  }
}
