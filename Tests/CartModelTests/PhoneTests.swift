import CartModel
import Testing

struct PhoneTests {
  @Test(arguments: [
    ("0171 2345678", "+49 171 2345678", true), ("01712345678", "0171/234-5678", true),
    ("+49 171 2345678", "0171 2345678", true), ("0049 171 2345678", "+49 (171) 2345678", true),
    ("5678", "+49 171 2345678", true), ("2345", "0171 2345678", true),
    ("0171 2345679", "+49 171 2345678", false), ("+43 171 2345678", "+49 171 2345678", false),
    ("4912345", "12345", false),
    ("345", "0171 2345678", true), ("0986", "+49 171 2345678", false), ("99991234", "", false),
  ])
  func digitsMatchHoweverTheyAreWritten(typed: String, stored: String, isMatch: Bool) throws {
    #expect(try #require(PhoneDigits(typed)).matches(stored) == isMatch)
  }

  @Test(arguments: ["", "12", "0001", "luca", "12a45", "luca@example.com", "1.2"])
  func whatIsNoPhoneNumber(text: String) { #expect(PhoneDigits(text) == nil) }
}
