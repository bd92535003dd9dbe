import CartEngine
import CartModel
import CartTesting
import Testing

@testable import CartPractice

struct PracticeTests {
  @Test(arguments: [1, 7, 1234] as [UInt64])
  func noTwoCustomersShareANumber(seed: UInt64) {
    var practice = Practice(until: TestShop.start)
    (practice.carts, practice.seed) = (3000, seed)
    var emails: [String: Set<String>] = [:]
    var numbers: [String: Set<String>] = [:]
    for event in practice.events() {
      guard let shopper = event["shopper"], let number = shopper["customer"]?.string,
        let email = shopper["email"]?.string
      else { continue }
      emails[number, default: []].insert(email)
      numbers[email, default: []].insert(number)
    }
    #expect(emails.count > 500)
    #expect(emails.values.allSatisfy { $0.count == 1 })
    #expect(numbers.values.allSatisfy { $0.count == 1 })
  }
}
