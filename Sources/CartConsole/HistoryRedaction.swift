import CartModel

/// What of a typed line may stand in the history file: no e-mail addresses, no secrets, no cards.
///
/// - Complexity: O(n) for addresses and cards; the patterns for secrets are bounded.
enum HistoryRedaction {
  static func redacted(_ line: String) -> String {
    var text = line
    if text.contains(secretWord) {
      text = text.replacing(assigned) { "\($0.output.1)<secret>" }
        .replacing(option) { "\($0.output.1)<secret>" }
        .replacing(spoken) { "\($0.output.1)<secret>" }
    }
    text = text.replacing(bearer) { "\($0.output.1) <secret>" }
      .replacing(login) { "\($0.output.1)<secret>@" }
      .replacing(encoded, with: "<e-mail>")
    return CardNumber.masked(withoutAddresses(text))
  }

  // MARK: Secrets. A regular expression is not Sendable: each is made where it is used.

  private static var secretWord: Regex<Substring> {
    /(?i)token|secret|passw|pwd|passphrase|\bpass\b|key|credential|authorization|\bpin\b/
  }

  /// `password=…`, `token == "…"`, `["api_key"] = [[…]]`, `"secret": "…"`, `set_token("…")`.
  private static var assigned: Regex<(Substring, Substring)> {
    /(?i)((?:token|secret|passw[a-z]*|pwd|passphrase|\bpass\b|(?:api|access|private)[ _-]?key|credentials?|authorization)[a-z0-9_-]{0,40}["'\]\s]{0,4}(?:={1,2}|~=|:|\()\s{0,4}(?:(?:bearer|basic|token)\s+)?)(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\[=*\[.*?(?:\]=*\]|$)|[^\s"')]\S*)/
  }

  /// `--token x`.
  private static var option: Regex<(Substring, Substring)> {
    /(?i)(--?[a-z-]{0,40}(?:token|secret|passw[a-z]*|key|credential)[a-z-]{0,40}\s+)(?!<)\S+/
  }

  /// `password hunter8`: a word with a digit behind it.
  private static var spoken: Regex<(Substring, Substring)> {
    /(?i)(\b(?:passw[a-z]{0,8}|pwd|pin|api key)\s+)[^\s<]*[0-9][^\s]*/
  }

  private static var bearer: Regex<(Substring, Substring)> { /(?i)\b(bearer|basic)\s+[^\s"'<]{8,}/ }

  /// The user and password of an address: `smtp://user:…@host`.
  private static var login: Regex<(Substring, Substring)> {
    /(:\/\/)[^\s\/@"']{1,200}:[^\s\/@"']{1,200}@/
  }

  // MARK: Addresses

  /// An `@` as a web address or a Lua text writes it.
  private static var encoded: Regex<Substring> {
    /[^\s"'=<>(),;]{1,64}(?:%40|\\64|\\x40|\\u\{40\})[^\s"'<>(),;]{1,255}/
  }

  /// What stands around each `@` that has something before and behind it; not the pattern of a list, as
  /// `*@spam.example`.
  private static func withoutAddresses(_ line: String) -> String {
    guard line.contains("@") || line.contains("＠") else { return line }
    let text = Array(line)
    var (out, done) = ([Character](), 0)
    for place in text.indices where text[place] == "@" || text[place] == "＠" {
      guard place >= done else { continue }
      let end = end(of: text, from: place + 1)
      let start = max(done, start(of: text, before: place))
      let local = text[start..<place]
      guard end > place + 1,
        local.contains(where: { $0 != "*" && $0 != "." && $0 != "<" && $0 != "\\" })
      else { continue }
      out += text[done..<start] + Array("<e-mail>")
      done = end
    }
    return String(out + text[done...])
  }

  /// Where the part before an `@` begins: at most 64 characters (RFC 5321, 4.5.3.1.1).
  private static func start(of text: [Character], before place: Int) -> Int {
    // A quoted one may hold blanks.
    if let quote = place > 0 ? text[place - 1] : nil, quote == "\"" || quote == "'" {
      let from = max(0, place - 66)
      if let open = text[from..<place - 1].lastIndex(of: quote) { return open }
    }
    var start = place
    while start > 0, place - start < 64 {
      let before = text[start - 1]
      if before.isWhitespace || "\"<>(),;:[]".contains(before) { break }
      // Inside a word it is a letter of it, before one it opens a text.
      if before == "'" || before == "`", start < 2 || !text[start - 2].isLetter { break }
      if before == "=" {
        // What is a name before it is a field, as in email=.
        let name = text[..<(start - 1)].reversed().prefix {
          $0.isLetter || $0.isNumber || $0 == "_"
        }
        let beyond = start - 2 - name.count
        if !name.isEmpty, beyond < 0 || " \t,{([\"'".contains(text[beyond]) { break }
        if name.isEmpty { break }
      }
      start -= 1
    }
    return start
  }

  private static func end(of text: [Character], from place: Int) -> Int {
    var end = place
    if end < text.count, text[end] == "[" {
      // An address of the network (RFC 5321, 4.1.3).
      return text[end...].firstIndex(of: "]").map { $0 + 1 } ?? end
    }
    while end < text.count, end - place < 255,
      text[end].isLetter || text[end].isNumber || text[end] == "." || text[end] == "-"
    {
      end += 1
    }
    while end > place, text[end - 1] == "." || text[end - 1] == "-" { end -= 1 }
    return end
  }
}
