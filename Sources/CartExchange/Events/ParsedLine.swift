import CartEngine
import CartModel
import CartStorage
import CartSupport

/// A line of a file, read but not yet taken in.
struct ParsedLine: Sendable {
  var number: Int
  /// Names the line's text.
  var digest: EventKey
  var content: Content
  /// The keys that no event of its type has, once each.
  var unread: [IgnoredKeys.Unread] = []

  enum Content: Sendable {
    case event(StatedEvent)
    case rejected(String)
    case unknownType(String)
  }
}

extension EventDecoder {
  /// Reads a line; nil for a blank one.
  ///
  /// - Parameter log: notes its keys.
  func parse(
    _ line: ArraySlice<UInt8>, number: Int, _ log: KeyLog, _ texts: TextCache? = nil
  ) -> ParsedLine? {
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
    return line.withUnsafeBytes { bytes in
      do throws(SupportError) {
        return parse(try JSONParser.parse(bytes, texts), bytes, number: number, log)
      } catch {
        return ParsedLine(
          number: number, digest: EventKey(high: 0, low: 0), content: .rejected(error.message))
      }
    }
  }

  /// Reads an event that a script made.
  func parse(_ json: JSONValue, _ text: ArraySlice<UInt8>, number: Int, _ log: KeyLog) -> ParsedLine
  {
    text.withUnsafeBytes { parse(json, $0, number: number, log) }
  }

  private func parse(
    _ json: JSONValue, _ text: UnsafeRawBufferPointer, number: Int, _ log: KeyLog
  ) -> ParsedLine {
    var digest = Digest()
    digest.add(text)
    let key = digest.finishKey()
    do throws(Failure) {
      var line = ParsedLine(number: number, digest: key, content: .event(try decode(json, log)))
      guard !log.unknown.isEmpty else { return line }
      let paths = Set(log.unknown).sorted()
      for path in paths where log.hints[path] == nil && log.hints.count < IgnoredKeys.most {
        log.hints[path] = hint(for: path, in: json)
      }
      line.unread = paths.map { .init($0, hint: log.hints[$0] ?? "") }
      return line
    } catch {
      switch error {
      case .rejected(let reason):
        return ParsedLine(number: number, digest: key, content: .rejected(reason))
      case .unknownType(let name):
        return ParsedLine(number: number, digest: key, content: .unknownType(name))
      }
    }
  }
}
