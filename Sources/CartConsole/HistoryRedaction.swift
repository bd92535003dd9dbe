/// What of a typed line may stand in the history file: no e-mail addresses, no secrets.
enum HistoryRedaction {
  static func redacted(_ line: String) -> String {
    line
      .replacing(secret) { "\($0.output.1)\($0.output.2)<secret>" }
      .replacing(bearer) { "\($0.output.1) <secret>" }
      .replacing(login) { "\($0.output.1)<secret>@" }
      .replacing(address, with: "<e-mail>")
      .replacing(digits) { isCard($0.output) ? "<card>" : String($0.output) }
  }

  // A regular expression is not Sendable: each is made where it is used.

  /// `password=…`, `token = "…"`, `api_key: …`.
  private static var secret: Regex<(Substring, Substring, Substring)> {
    /(?i)([a-z0-9_-]*(?:token|secret|passwo?r?d|passphrase|api[_-]?key|credential)[a-z0-9_-]*)(\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s,;)}]+)/
  }
  private static var bearer: Regex<(Substring, Substring)> { /(?i)\b(bearer|basic)\s+[^\s"']{8,}/ }
  /// The user and password of an address: `smtp://user:…@host`.
  private static var login: Regex<(Substring, Substring)> { /(:\/\/)[^\s\/@"']+:[^\s\/@"']+@/ }
  /// Not a pattern of a list, as `*@spam.example`.
  private static var address: Regex<Substring> {
    /[\p{L}\p{N}.!#$%&'+?^_`~-]*[\p{L}\p{N}_+~-]@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/
  }
  private static var digits: Regex<Substring> { /[0-9](?:[ -]?[0-9]){12,18}/ }

  /// Luhn's check (ISO/IEC 7812-1, annex B).
  private static func isCard(_ text: Substring) -> Bool {
    let digits = text.compactMap(\.wholeNumberValue)
    let sum = digits.reversed().enumerated().reduce(0) { sum, item in
      guard item.offset % 2 == 1 else { return sum + item.element }
      return sum + (item.element * 2 > 9 ? item.element * 2 - 9 : item.element * 2)
    }
    return (13...19).contains(digits.count) && sum % 10 == 0
  }
}
