import CartModel
import CartStore
import Dispatch

/// A line of a file, read but not yet taken in.
struct ParsedLine: Sendable {
  var number: Int
  /// Names the line's text.
  var digest: EventKey
  var content: Content

  enum Content: Sendable {
    case event(StatedEvent)
    case rejected(String)
    case unknownType(String)
  }
}

extension EventDecoder {
  /// Reads a line; nil for a blank one.
  func parse(_ line: ArraySlice<UInt8>, number: Int) -> ParsedLine? {
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
    return line.withUnsafeBytes { bytes in
      do throws(EngineError) {
        return parse(try JSONParser.parse(bytes), bytes, number: number)
      } catch {
        return ParsedLine(
          number: number, digest: EventKey(high: 0, low: 0), content: .rejected(error.message))
      }
    }
  }

  /// Reads an event that a script made.
  func parse(_ json: JSONValue, _ text: ArraySlice<UInt8>, number: Int) -> ParsedLine {
    text.withUnsafeBytes { parse(json, $0, number: number) }
  }

  private func parse(_ json: JSONValue, _ text: UnsafeRawBufferPointer, number: Int) -> ParsedLine {
    var digest = Digest()
    digest.add(text)
    let key = EventKey(digest: digest.finish())
    do throws(Failure) {
      return ParsedLine(number: number, digest: key, content: .event(try decode(json)))
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

/// A piece of a file with its parsed lines.
struct ParsedChunk: Sendable {
  let chunk: LineChunk
  let parsed: [ParsedLine]

  /// The text of a line, for a reject.
  func text(of line: ParsedLine) -> String {
    String(decoding: chunk.line(line.number).prefix(4096), as: UTF8.self)
  }
}

/// Parses the next piece of a file while the piece before is being stored.
final class ParseAhead {
  private let decoder: EventDecoder
  private let queue = DispatchQueue(label: "parse")
  private let box = Box()

  /// Handed from one thread to the other by the semaphore: never touched by both at once.
  private final class Box: @unchecked Sendable {
    let ready = DispatchSemaphore(value: 0)
    var result: ParsedChunk?
  }

  init(_ decoder: EventDecoder) { self.decoder = decoder }

  /// Begins with a piece; nil for the end of the file. One at a time.
  func start(_ chunk: LineChunk?) {
    queue.async { [decoder, box] in
      box.result = chunk.map { chunk in
        ParsedChunk(
          chunk: chunk,
          parsed: chunk.numbers.compactMap { decoder.parse(chunk.line($0), number: $0) })
      }
      box.ready.signal()
    }
  }

  /// Waits for the piece that was begun.
  func take() -> ParsedChunk? {
    box.ready.wait()
    defer { box.result = nil }
    return box.result
  }
}

extension EventKey {
  /// The first 16 bytes of a digest.
  init(digest: [UInt8]) {
    let number = { (from: Int) in
      digest[from..<from + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    self.init(high: number(0), low: number(8))
  }
}
