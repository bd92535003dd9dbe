import Testing

@testable import CartSupport

struct TextInputTests {
  private func lines(_ bytes: [UInt8], _ encoding: String? = nil, piece: Int = 1 << 16) throws
    -> [String]
  {
    var place = 0
    let input = TextInput(try encoding.map { try #require(TextEncoding($0)) }) {
      (into: inout [UInt8]) throws(SupportError) in
      let part = bytes[place..<min(place + piece, bytes.count)]
      place += part.count
      into += part
      return part.count
    }
    var lines: [String] = []
    while let line = try input.next() { lines.append(line.text ?? "?" + shownText(line.bytes)) }
    return lines
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func linesEndInAnyWay(piece: Int) throws {
    let text = Array("a\nb\r\nc\rd\r\r\n\n\re".utf8)
    #expect(try lines(text, piece: piece) == ["a", "b", "c", "d", "", "", "", "e"])
    #expect(try lines(Array("a\r".utf8), piece: piece) == ["a"])
    #expect(try lines([0xef, 0xbb, 0xbf] + text, piece: piece).first == "a")
    #expect(try lines([0xef, 0xbb], piece: piece) == ["?\\xef\\xbb"])
    #expect(
      try lines([0xff, 0xfe, 0x61, 0, 0x0a, 0, 0xfc, 0, 0x3d, 0xd8, 0, 0xde], piece: piece)
        == ["a", "ü😀"])
    #expect(try lines([0xfe, 0xff, 0, 0x61, 0, 0x0d, 0, 0xfc], piece: piece) == ["a", "ü"])
    #expect(
      try lines([0x4a, 0xfc, 0x0a, 0x80], "cp1252", piece: piece) == ["Jü", "€"])
  }

  /// A surrogate without its other half, half a unit, a byte that the encoding does not have.
  @Test func whatIsNoTextIsOneLineOnly() throws {
    #expect(try lines([0x61, 0x0a, 0xfc, 0x0a, 0x62]) == ["a", "?\\xfc", "b"])
    #expect(try lines([0xff, 0xfe, 0x3d, 0xd8, 0x0a, 0, 0x61, 0]) == ["?\\xff", "a"])
    #expect(try lines([0xff, 0xfe, 0x61, 0, 0x62]) == ["?a\\xff"])
    #expect(try lines([0x81, 0x0a, 0x61], "cp1252") == ["?\\xff", "a"])
  }

  @Test func aWrongEncodingIsSaid() throws {
    for (bytes, name, message) in [
      (
        [0x61, 0, 0x0a, 0], nil,
        "looks like UTF-16 without a byte order mark; add --encoding utf-16le"
      ),
      (
        [0, 0x61, 0, 0x0a], nil,
        "looks like UTF-16 without a byte order mark; add --encoding utf-16be"
      ),
      (
        [0xef, 0xbb, 0xbf, 0x61], "cp1252",
        "begins with the byte order mark of UTF-8, which is not cp1252; leave the encoding out"
      ),
      (
        [0x61, 0], "utf-16",
        "has no byte order mark, so that the byte order of utf-16 is not known; expected the encoding "
          + "utf-16le or utf-16be"
      ),
    ] as [([UInt8], String?, String)] {
      let error = #expect(throws: SupportError.self) { try lines(bytes, name) }
      #expect(error?.message == message)
    }
    #expect(try lines([0xff, 0xfe, 0x61, 0], "utf-16") == ["a"])
    #expect(try lines([0xff, 0xfe, 0x61, 0], "UTF-16LE") == ["a"])
    #expect(try lines([0x61, 0], "utf-16le") == ["a"])
    #expect(try lines([0xef, 0xbb, 0xbf, 0x61], "utf8") == ["a"])
    for name in ["", "no-such", "latin1//IGNORE", "a b"] { #expect(TextEncoding(name) == nil) }
    for name in ["UTF-8", "utf8", "latin1", "iso-8859-15", "windows-1252", "macintosh", "cp932"] {
      #expect(TextEncoding(name) != nil, "\(name)")
    }
  }

  @Test func aWholeTextNamesItsFirstWrongLine() throws {
    #expect(try TextInput.text(of: [0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a]) == "a\r\n")
    #expect(try TextInput.text(of: [0xff, 0xfe, 0x61, 0]) == "a")
    #expect(try TextInput.text(of: []) == "")
    let error = #expect(throws: SupportError.self) {
      try TextInput.text(of: [0x61, 0x0a, 0x0a, 0xfc])
    }
    #expect(error?.message == "line 3: not UTF-8")
  }

  @Test func aLineHasABound() throws {
    let long = [UInt8](repeating: 0x61, count: TextInput.lineLimit + (1 << 16))
    var place = 0
    let input = TextInput { (into: inout [UInt8]) throws(SupportError) in
      let part = long[place..<min(place + (1 << 16), long.count)]
      place += part.count
      into += part
      return part.count
    }
    let error = #expect(throws: SupportError.self) { try input.next() }
    #expect(error?.message == "line 1: longer than 16 MiB")
  }

  @Test func linesInMemoryComeTogether() throws {
    let input = TextInput(bytes: Array("a\nb\r\nc".utf8))
    #expect(try input.nextLines().map(\.text) == ["a", "b"])
    #expect(try input.nextLines().map(\.text) == ["c"])
    #expect(try input.nextLines().isEmpty)
  }
}
