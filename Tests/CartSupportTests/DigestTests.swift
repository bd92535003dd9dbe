import CartSupport
import Testing

/// Digests against the examples of those who defined them.
struct DigestTests {
  /// From the vectors of the reference implementation: bytes 0, 1, 2 … under the key 0 … 15.
  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (8, 0x93f5_f579_9a93_2462),
      (15, 0xa129_ca61_49be_45e5),
    ] as [(Int, UInt64)])
  func hashesAreThoseOfSipHash(count: Int, expected: UInt64) {
    let hash = SipHash(key: 0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
    let bytes = (0..<count).map(UInt8.init)
    #expect(bytes.withUnsafeBytes { hash($0) } == expected)
  }

  /// FIPS 180-4, examples of NIST.
  @Test(
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
  func digestsAreThoseOfSHA256(text: String, expected: String) {
    var digest = Digest()
    digest.add(text)
    #expect(hexadecimal(digest.finish()) == expected)
    var again = Digest()
    again.add(Array(text.utf8))
    let pair = again.finishPair()
    #expect(expected.hasPrefix(String(pair.high, radix: 16)))
  }
}
