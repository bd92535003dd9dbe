import CartSupport
import Testing

/// JSON texts are read strictly, and nothing that is written acts.
struct JSONTests {
  /// Nothing in JSON acts on a terminal, and nothing of the text is lost.
  @Test func jsonEscapesWhatActs() throws {
    let text = "é\u{1b}\u{9b}\u{85}\u{202e}\u{2028}\u{2069}\u{61c}\u{feff}\u{200b}株😀<"
    var writer = JSONWriter()
    writer.string(nil, text)
    #expect(
      writer.text
        == "\"é\\u001b\\u009b\\u0085\\u202e\\u2028\\u2069\\u061c\\ufeff\u{200b}株😀\\u003c\"")
    #expect(try JSONParser.parse(writer.text) == .string(text))
  }

  @Test func hostileTextsAreNeutralisedInJSON() throws {
    var writer = JSONWriter()
    writer.string(nil, "</script>\u{1b}\u{7f}\"\\")
    #expect(writer.text == #""\u003c/script>\u001b\u007f\"\\""#)
    #expect(try JSONParser.parse(writer.text) == .string("</script>\u{1b}\u{7f}\"\\"))
  }

  @Test(arguments: [
    "{", "[1,]", "{\"a\":}", "01", "-", "\"\\x\"", "\"\u{1}\"", "tru", "1 2", "\"\\ud800\"", "",
    "{\"a\" 1}", "[", "nul", "\"abc", "1.", "1e",
  ])
  func refusesWhatIsNoJSON(text: String) {
    #expect(throws: SupportError.self) { try JSONParser.parse(text) }
  }

  @Test func deeplyNestedJSONIsRefusedNotARecursion() {
    #expect(throws: SupportError.self) {
      try JSONParser.parse(String(repeating: "[", count: 100_000))
    }
  }

  @Test func readsJSON() throws {
    let value = try JSONParser.parse(#" {"a":[1,-2.5e3,true,null,"\u00e9\n\ud83d\ude00"],"b":{}} "#)
    #expect(
      value["a"]
        == .array([.number("1"), .number("-2.5e3"), .bool(true), .null, .string("é\n😀")]))
  }

  /// An object with that many keys, then one more.
  private static func object(_ count: Int, then last: String) -> String {
    let keys = (1...count).map { "\"k\($0)\":1" } + ["\"\(last)\":1"]
    return "{" + keys.joined(separator: ",") + "}"
  }

  private static let repeated: [(text: String, key: String)] = [
    (#"{"a":1,"a":2}"#, "a"), (#"{"x":{"b":1,"c":2,"b":1}}"#, "b"), (#"[{"\u0061":1,"a":2}]"#, "a"),
    (#"{"":1,"":1}"#, ""), (object(80, then: "k7"), "k7"), (object(31, then: "k31"), "k31"),
    (object(32, then: "k32"), "k32"), (object(33, then: "k1"), "k1"),
  ]

  @Test(arguments: repeated)
  func aKeyTwiceInOneObjectIsRefused(text: String, key: String) {
    #expect(throws: SupportError(.malformed, "key '\(key)' appears twice in one object")) {
      try JSONParser.parse(text)
    }
  }

  /// Whatever keys an object has: one that is there twice is found, and none that is not.
  @Test func keysOfRandomObjects() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<2000 {
      var keys: [String] = []
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let letter = "abcABC_é1".randomElement(using: &random) ?? "a"
        keys.append("\(letter)\(Int.random(in: 0...60, using: &random))")
      }
      let text = "{" + keys.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
      #expect(((try? JSONParser.parse(text)) == nil) == (Set(keys).count < keys.count), "\(text)")
    }
  }
}
