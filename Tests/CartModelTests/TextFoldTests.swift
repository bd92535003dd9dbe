import CartEngine
import CartModel
import CartSupport
import CartTesting
import Foundation
import Testing

struct TextFoldTests {
  /// Texts that are the same; each line's first is what the others fold to.
  private static let same: [[String]] = [
    ["strasse", "Straße", "STRASSE", "STRAẞE", "ｓｔｒａｓｓｅ"],
    ["istanbul", "İstanbul", "ISTANBUL", "ıstanbul", "I\u{307}stanbul"],
    ["σισυφοσ", "ΣΊΣΥΦΟΣ", "Σίσυφος", "σι\u{301}συφος"],
    ["muller", "Müller", "MU\u{308}LLER", "Mu\u{308}ller", "Ｍüller"],
    ["한글", "한글".decomposedStringWithCanonicalMapping],
    ["がぎ", "か\u{3099}き\u{3099}"], ["ガギ", "ｶﾞｷﾞ"],
    ["soren lodz", "Søren Łódź", "SØREN ŁÓDŹ"], ["aether oeuvre", "Æther Œuvre"],
    ["office", "oﬃce"], ["nguyen", "Nguyễn", "NGUYE\u{302}\u{303}N"], ["123", "１２３", "¹²³"],
    ["саинт", "Саи\u{301}нт"], ["co-op", "co\u{AD}-op", "c\u{200B}o-op"], ["", "\u{200B}"],
    ["שלום", "שָׁלוֹם"], ["कि", "कि"],
  ]

  @Test func oneFormForWhatIsTheSame() {
    for texts in Self.same {
      for text in texts {
        #expect(TextFold.folded(text) == texts[0], "\(text)")
        #expect(TextFold.areEqual(text, texts[0]) && TextFold.contains("x \(text) y", texts[0]))
        #expect(Glob(text.isEmpty ? "" : "*" + text + "*").matches(texts[0]))
        #expect(TextFold.folded(TextFold.folded(text)) == TextFold.folded(text))
      }
    }
  }

  @Test func whatIsNotTheSame() {
    for (a, b) in [("が", "か"), ("कि", "क"), ("한", "하"), ("a", "b"), ("ня", "на"), ("ss", "s")] {
      #expect(!TextFold.areEqual(a, b), "\(a) \(b)")
    }
    #expect(!TextFold.contains("한글", "하") && !TextFold.contains("がぎ", "か"))
  }

  @Test func patternsCountCharacters() {
    for (pattern, text, holds) in [
      ("stra?e", "Straße", true), ("stra??e", "Straße", false), ("stra??e", "Strasse", true),
      ("m?ller", "Mu\u{308}ller", true), ("?", "👩‍👩‍👧", true), ("*ß*", "GROSS", true), ("*", "", true),
      ("?", "", false), ("＊", "abc", false), ("a*c", "aＢC", true),
    ] {
      #expect(Glob(pattern).matches(text) == holds, "\(pattern) \(text)")
    }
  }

  private static let blocks: [ClosedRange<Int>] = [
    0...0x24f, 0x300...0x36f, 0x370...0x5ff, 0xac00...0xd7a3, 0x1e00...0x1fff, 0xff00...0xffef,
    0x3040...0x30ff,
  ]

  /// Folding twice is folding once, and what is equal to Unicode stays equal.
  @Test func randomTexts() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<3000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<random.pick(1...6) {
        let value = UInt32(random.pick(random.pick(Self.blocks)))
        if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
      }
      let text = String(scalars)
      let folded = TextFold.folded(text)
      #expect(TextFold.folded(folded) == folded, "\(scalars.map { String($0.value, radix: 16) })")
      #expect(TextFold.folded(text.decomposedStringWithCanonicalMapping) == folded)
      #expect(TextFold.folded(text.precomposedStringWithCanonicalMapping) == folded)
    }
  }
}
