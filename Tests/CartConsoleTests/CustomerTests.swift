import CartModel
import CartTesting
import Testing

@testable import CartConsole

/// Finding a person by what they say on the phone.
struct CustomerTests {
  private func desks(answers: [String]? = nil) throws -> Desks {
    let shop = """
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart1","shopper":{"email":"luca@example.com","name":"Luca Rossi","phone":"+49 171 2345678"}}
      {"type":"cart.created","at":"2026-11-01T07:00:00Z","cart":"cart2","shopper":{"phone":"0171/2349999"}}
      {"type":"customer.upserted","at":"2026-11-01T07:00:00Z","customer":77,"shopper":{"name":"Mara Berg","phone":"030 1112223"}}
      """
    return try Desks(shop, answers: answers)
  }

  @Test(arguments: [
    "0171 2345678", "01712345678", "+49 171 2345678", "0171-234 5678", "2345678", "5678",
  ])
  func byPhone(who: String) throws {
    let said = try desks().type(".customer \(who)")
    #expect(said.contains("Luca Rossi") && said.contains("cart1"), "\(said)")
    #expect(!said.contains("cart2"), "\(said)")
  }

  @Test func whoHasOnlyAPhoneIsFound() throws {
    #expect(try desks().type(".customer 2349999").contains("cart2"))
    #expect(try desks().type(".customer 030 1112223").contains("Mara Berg"))
  }

  @Test func severalAreNamedWithTheirNumbers() throws {
    let said = try desks().type(".customer 0171 234")
    #expect(
      said.contains(
        "2 customers match '0171 234': 1 Luca Rossi (luca@example.com) +49 171 2345678"),
      "\(said)")
    #expect(
      try desks().type(".customer 9876543").contains(
        "no customer has '9876543' in name, e-mail or phone number"))
  }
}
