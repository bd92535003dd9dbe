import CartSupport
import Testing

@testable import CartScripting

/// Files of `rules/lists/`: which keys they have, and what a key is compared by.
struct ScriptListTests {
  @Test(
    "A text with one key a line",
    arguments: [
      ("a.example\nb.example\n", ["a.example", "b.example"]),
      ("# comment\r\n\r\n  A.Example  \r\nb\rc", ["A.Example", "b", "c"]),
      ("203.0.113.007\n2001:DB8::1\nJos\u{e9}\n", ["203.0.113.007", "2001:DB8::1", "Jos\u{e9}"]),
      ("x.example.\n-\n_a\n", ["-", "_a", "x.example."]), ("", []), ("#only\n \t\n", []),
      (" # comment\na\n\t#\n", ["a"]), ("a # b\n", ["a # b"]),
    ])
  func keys(text: String, keys: [String]) throws {
    #expect(ScriptList.keys(in: text).map(\.key).sorted() == keys.sorted())
    let list = try ScriptList(text)
    #expect(list.count == keys.count)
    for key in keys {
      #expect(list.has(key), "\(key)")
      #expect(try #require(list.row(key)).map(\.1) == [key])
      #expect(list.row(key)?.map(\.0) == ["key"])
    }
    #expect(!list.has("other.example"))
  }

  @Test("A key's line is counted as an editor counts it, however lines end")
  func lines() {
    for end in ["\n", "\r\n", "\r"] {
      let text = ["a", "", " # why", "b", "c"].joined(separator: end)
      #expect(ScriptList.keys(in: text).map(\.line) == [1, 4, 5], "\(end.utf8.map(\.self))")
      let table = ["key,why", " # none", "b,x", "", "c,y"].joined(separator: end)
      #expect(ScriptList.keys(in: table).map(\.line) == [3, 5], "\(end.utf8.map(\.self))")
    }
  }

  @Test("A text whose first line has a mark of CSV", arguments: [",", "\t", ";"])
  func tables(mark: String) throws {
    let text = ["key\(mark)why", "A.Example\(mark)spam", "b.example"].joined(separator: "\n")
    guard mark != ";" else {
      // A semicolon makes a table only where all lines have it.
      let list = try ScriptList(text)
      #expect(list.has("a.example;SPAM") && list.has("key;why") && list.count == 3)
      return
    }
    let list = try ScriptList(text)
    #expect(list.count == 2)
    #expect(list.row("a.example")?.map(\.0) == ["key", "why"])
    #expect(list.row("a.example")?.map(\.1) == ["A.Example", "spam"])
    #expect(list.row("b.example")?.map(\.1) == ["b.example", ""])
  }

  @Test("The short way to compare a key gives what the long way gives", arguments: 1...20)
  func folding(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let letters = Array("abfgz019.-_:/@,%=[]* AZ\u{e9}\u{130}")
    var count = 0
    for _ in 0..<2000 {
      let text = String(
        (0..<random.pick(0...12)).map { _ in letters[random.pick(0...letters.count - 1)] })
      let plain = String((0..<random.pick(1...12)).map { _ in letters[random.pick(0...10)] })
      for text in [text, plain] {
        #expect(ScriptList.folded(text) == ScriptList.normalised(text), "\(text)")
        if ScriptList.folded(text) == text { count += 1 }
      }
    }
    #expect(count > 1000)
  }
}
