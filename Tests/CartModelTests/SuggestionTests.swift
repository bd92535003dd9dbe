import CartModel
import Testing

/// What a mistyped word may have meant: a slip, and never another word.
struct SuggestionTests {
  @Test(arguments: [
    ("totl", "total"), ("ctiy", "city"), ("contry", "country"), ("mx", "max"), ("ad", "add"),
    ("curency", "currency"), ("hord", "hoard"), ("pan", "plan"), ("ksu", "sku"), ("wen", "when"),
    ("blaklsit", "blacklist"), ("otal", "total"),
  ]) func aSlip(word: String, meant: String) {
    #expect(
      suggestion(
        for: word,
        among: [
          "at", "add", "max", "sku", "city", "plan", "when", "hoard", "total", "country",
          "currency", "blacklist",
        ]) == meant)
  }

  @Test(arguments: [
    ("pan", "at"), ("ad", "at"), ("at", "as"), ("for", "or"), ("x", "ip"), ("cat", "at"),
    ("set", "let"), ("email", "total"), ("tax", "sku"), ("paid", "plan"), ("", "ip"),
    ("orders", "under"),
  ]) func anotherWord(word: String, other: String) {
    #expect(suggestion(for: word, among: [other]) == nil)
    #expect(didYouMean(word, among: [other]) == "")
  }
}
