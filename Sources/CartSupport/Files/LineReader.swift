/// Lines of a file or of standard input, one at a time.
public final class LineReader {
  /// For readers of records, as of CSV; its errors become ones of this file with `failure`.
  public let input: TextInput
  private let path: String

  /// The number of the line last read, from 1.
  public var number: Int { input.number }

  /// - Parameters:
  ///   - path: a file or a pipe; `-` is standard input.
  ///   - encoding: nil for UTF-8, or UTF-16 with a byte order mark.
  ///   - wait: how long a pipe is waited for; nil where only a file makes sense.
  public init(_ path: String, encoding: TextEncoding? = nil, wait: StreamWait? = .forever)
    throws(SupportError)
  {
    self.path = path
    let file = try InputFile(path, wait: wait)
    input = TextInput(encoding) { (bytes: inout [UInt8]) throws(SupportError) in
      try file.read(1 << 18, onto: &bytes)
    }
  }

  /// Lines of bytes that were read already.
  public init(bytes: [UInt8], encoding: TextEncoding? = nil) {
    path = "-"
    input = TextInput(bytes: bytes, encoding: encoding)
  }

  /// The next line; nil at the end of the file.
  ///
  /// - Throws: `file` when it cannot be read, is of another encoding, or a line is longer than 16 MiB.
  public func next() throws(SupportError) -> TextLine? {
    do throws(SupportError) { return try input.next() } catch { throw failure(error) }
  }

  /// The line that `next` gives next; nil at the end of the file.
  ///
  /// - Throws: as `next`.
  public func peek() throws(SupportError) -> TextLine? {
    do throws(SupportError) { return try input.peek() } catch { throw failure(error) }
  }

  /// The next lines that are in memory; empty at the end of the file.
  ///
  /// - Throws: as `next`.
  package func nextLines() throws(SupportError) -> [TextLine] {
    do throws(SupportError) { return try input.nextLines() } catch { throw failure(error) }
  }

  /// The next line as text; nil at the end of the file.
  ///
  /// - Throws: as `next`, and `malformed`, naming the line, for one that is no text.
  public func nextText() throws(SupportError) -> String? {
    guard let line = try next() else { return nil }
    guard let text = line.text else {
      throw SupportError(.malformed, "line \(line.number): \(input.invalidReason)")
    }
    return text
  }

  /// An error of reading this file; one that does not name the file does so then.
  public func failure(_ error: SupportError) -> SupportError {
    guard error.code == .malformed else { return error }
    let place = path == "-" ? "standard input" : "file \(path)"
    return SupportError(.file, in: place, error)
  }
}
