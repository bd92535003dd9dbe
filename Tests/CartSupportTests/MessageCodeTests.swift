import CartSupport
import Testing

/// Codes of messages against the examples of those who defined them.
struct MessageCodeTests {
  /// RFC 4231, test cases 1, 2, 3, 4, 6 and 7.
  @Test(
    "Codes are those of HMAC-SHA256",
    arguments: [
      (
        [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        Array(1...25), [UInt8](repeating: 0xcd, count: 50),
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131),
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131),
        Array(
          ("This is a test using a larger than block-size key and a larger than block-size data. "
            + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
      ),
    ])
  func codes(key: [UInt8], message: [UInt8], expected: String) {
    #expect(hexadecimal(MessageCode(key: key)(message)) == expected)
  }

  @Test("Bytes are equal only where all of them are")
  func equality() {
    #expect(isEqualInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(!isEqualInConstantTime([1, 2, 3], [1, 2, 4]))
    #expect(!isEqualInConstantTime([1, 2, 3], [1, 2]))
    #expect(isEqualInConstantTime([], []))
  }

  /// RFC 4648, 10.
  @Test(
    "Base64 is read and written with its padding",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(text: String, expected: String) {
    #expect(Base64.text(Array(text.utf8)) == expected)
    #expect(Base64.bytes(expected) == Array(text.utf8))
  }

  @Test(
    "What is no base64 is refused", arguments: ["Zg", "Zg=", "Z===", "====", "Zm9v!A==", "Zm=v"])
  func noBase64(text: String) { #expect(Base64.bytes(text) == nil) }
}
