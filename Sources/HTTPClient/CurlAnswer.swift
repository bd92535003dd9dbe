import CCurl

/// Takes in an answer while it arrives.
final class CurlAnswer {
  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  private(set) var isTooLarge = false
  private var headerBytes = 0
  private let limit: Int
  private let isStopped: @Sendable () -> Bool
  /// The most bytes of an answer's head.
  private static let headLimit = 256 << 10

  init(limit: Int, _ isStopped: @escaping @Sendable () -> Bool) {
    (self.limit, self.isStopped) = (limit, isStopped)
  }

  /// Lets libcurl give it all that arrives; it must live until the request is done.
  func receive(from curl: UnsafeMutableRawPointer) {
    let own = Unmanaged.passUnretained(self).toOpaque()
    _ = cc_set_pointer(curl, CURLOPT_WRITEDATA, own)
    _ = cc_set_pointer(curl, CURLOPT_HEADERDATA, own)
    _ = cc_set_pointer(curl, CURLOPT_XFERINFODATA, own)
    _ = cc_set_sink(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let answer = Unmanaged<CurlAnswer>.fromOpaque(context).takeUnretainedValue()
      return answer.add(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    _ = cc_set_sink(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let answer = Unmanaged<CurlAnswer>.fromOpaque(context).takeUnretainedValue()
      return answer.add(head: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    _ = cc_set_watch(curl) { context, _, _, _, _ in
      guard let context else { return 1 }
      return Unmanaged<CurlAnswer>.fromOpaque(context).takeUnretainedValue().isStopped() ? 1 : 0
    }
  }

  /// - Returns: how many bytes were taken; fewer than all of them end the request.
  private func add(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard body.count + bytes.count <= limit else {
      isTooLarge = true
      return bytes.isEmpty ? 1 : 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  private func add(head bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.headLimit else {
      isTooLarge = true
      return 0
    }
    let line = String(decoding: bytes, as: UTF8.self)
    // An interim answer has headers of its own.
    if line.hasPrefix("HTTP/") { headers = [] }
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return bytes.count }
    headers.append((String(line[..<colon]), Self.trimmed(line[line.utf8.index(after: colon)...])))
    return bytes.count
  }

  private static func trimmed(_ text: Substring) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 }
    let scalars = text.unicodeScalars.drop(while: isBlank)
    guard let last = scalars.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(scalars[...last])
  }
}
