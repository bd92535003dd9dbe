import Testing

@testable import CartSupport

/// Columns that terminals give texts, after Unicode's own data.
struct CellWidthTests {
  @Test(
    "Texts take the columns that terminals give them",
    arguments: [
      ("", 0), ("Mug", 3), ("Grüße", 5), ("Gru\u{308}\u{df}e", 5), ("日本", 4), ("ﾊﾝｶｸ", 4),
      ("한국", 4), ("\u{1112}\u{1161}\u{11ab}", 2), ("Ａ", 2), ("€12", 3), ("👍🏽", 2),
      ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("☎", 1), ("⌚", 2), ("🛒", 2), ("🫠", 2), ("שָׁלוֹם", 4),
      ("\u{200b}", 0), ("a\u{ad}b", 3), ("𠮷", 2), ("〿", 1),
    ])
  func widths(_ text: String, _ columns: Int) {
    #expect(CellWidth.of(text) == columns, "\(text)")
  }

  @Test("The tables' ranges ascend and share no scalar")
  func tables() {
    for ranges in [WidthTable.zero, WidthTable.wide] {
      for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(a.upperBound < b.lowerBound) }
    }
    for range in WidthTable.wide {
      #expect(!WidthTable.zero.contains { $0.overlaps(range) })
    }
  }

  @Test(
    "A text is cut before a character that has no room",
    arguments: [
      ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("Grüße", 5, "Grüße"), ("Grüße!", 5, "Grüß…"),
    ])
  func cut(_ text: String, _ width: Int, _ expected: String) {
    #expect(CellWidth.cut(text, to: width) == expected)
    #expect(CellWidth.of(CellWidth.cut(text, to: width)) <= width)
  }
}
