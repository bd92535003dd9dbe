import CartModel
import Testing

/// Card numbers in what people write, among other long numbers.
struct CardNumberTests {
  @Test(arguments: [
    "4111111111111111", "card 4111 1111 1111 1111", "4111-1111-1111-1111 12/27 123",
    "5500000000000004", "2223003122003222", "378282246310005", "3782 822463 10005",
    "30569309025904", "3056 930902 5904", "6011111111111117", "3530111333300000",
    "6304000000000000", "4222222222222", "visa:4111111111111111,", "４１１１１１１１１１１１１１１１",
    "my card is 4012888888881881 thanks", "2 4111 1111 1111 1111",
  ]) func aCard(text: String) { #expect(CardNumber.isTyped(in: text)) }

  @Test(arguments: [
    // One digit more or less, and Luhn's check.
    "41111111111111111", "4111111111111112", "4111 1111 1111 1112",
    // GTIN-13 and GTIN-14, phones, orders, parcels, accounts, times, hashes.
    "4006381333931", "4012345678901", "30012345678906", "+49 151 1234 5678", "4915112345678",
    "+4111111111111111", "306-1234567-1234567", "8100000000000000", "1Z4111111111111111",
    "LP4111111111111111CN", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000",
    "1795500000000", "0.4111111111111111", "9f86d081884c7d659a2feaa0c55ad015",
    "123456789012", "", "2026-11-01 14:00:00", "4111 11 1111 1111 11", "49927398716",
    "352099001761481", "00340434161094015902",
  ]) func noCard(text: String) { #expect(!CardNumber.isTyped(in: text)) }

  @Test func aRefusalDoesNotEchoIt() {
    #expect(
      throws: ModelError(
        .malformed, "option '<card>': looks like a card number, which is never stored; leave it out"
      )
    ) { try CardNumber.refuse("4111111111111111", "option '4111111111111111'") }
  }
}
