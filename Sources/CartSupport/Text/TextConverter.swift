import CIconv
import Glibc

/// Converts bytes of one encoding to UTF-8, piece by piece.
final class TextConverter {
  private let handle: iconv_t
  /// Bytes of a character whose end has not come.
  private var rest: [UInt8] = []
  /// Bytes that are skipped where a character is not valid.
  private let unit: Int

  /// Stands in the result for what the encoding does not have; no part of UTF-8.
  static let invalid: UInt8 = 0xff

  /// Nil for an encoding that this system does not know.
  init?(_ name: String) {
    guard let handle = iconv_open("UTF-8", name), handle != iconv_t(bitPattern: -1) else {
      return nil
    }
    self.handle = handle
    let folded = name.lowercased().filter { $0 != "-" }
    unit =
      folded.hasPrefix("utf32") || folded.hasPrefix("ucs4")
      ? 4 : folded.hasPrefix("utf16") || folded.hasPrefix("ucs2") ? 2 : 1
  }

  deinit { iconv_close(handle) }

  /// Converts the bytes and appends the result.
  ///
  /// - Parameter isLast: whether no more bytes follow.
  /// - Complexity: linear.
  func convert(_ bytes: [UInt8], isLast: Bool, onto out: inout [UInt8]) {
    rest.append(contentsOf: bytes)
    var done = 0
    while done < rest.count {
      let (count, failure) = step(from: done, onto: &out)
      done += count
      if failure == EILSEQ {
        out.append(Self.invalid)
        done = min(done + unit, rest.count)
      } else if failure == EINVAL {
        break
      }
    }
    rest.removeFirst(done)
    guard isLast else { return }
    if !rest.isEmpty { out.append(Self.invalid) }
    rest = []
    _ = step(from: 0, onto: &out)
  }

  /// One call of iconv; with no bytes left it gives what it kept back.
  ///
  /// - Returns: how many bytes it took, and the error number or 0.
  private func step(from start: Int, onto out: inout [UInt8]) -> (Int, Int32) {
    let (before, available) = (out.count, rest.count - start)
    // UTF-8 takes at most four bytes for one of another encoding.
    var room = min(1 << 16, 4 * available + 64)
    out.append(contentsOf: repeatElement(0, count: room))
    var (left, code) = (available, Int32(0))
    rest.withUnsafeMutableBytes { source in
      out.withUnsafeMutableBytes { target in
        var from = source.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
        var to = target.baseAddress.map { ($0 + before).assumingMemoryBound(to: CChar.self) }
        if available == 0 { from = nil }
        if iconv(handle, &from, &left, &to, &room) == -1 { code = errno }
      }
    }
    out.removeLast(room)
    return (available - left, code)
  }
}
