import Glibc
import Testing

/// Compares text with a file of `Golden/`; `RECORD_GOLDEN=1` writes it and fails the run.
public func expectGolden(
  _ text: String, _ name: String, file: StaticString = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = "\(file)".split(separator: "/").dropLast().joined(separator: "/")
  let path = "/" + folder + "/Golden/" + name + ".txt"
  if getenv("RECORD_GOLDEN") != nil {
    if let stream = fopen(path, "w") {
      fputs(text, stream)
      fclose(stream)
    }
    Issue.record("recorded \(name)", sourceLocation: sourceLocation)
    return
  }
  let expected = readText(path)
  #expect(text == expected, "differs from \(name)", sourceLocation: sourceLocation)
}

/// A file's text; empty if it cannot be read.
func readText(_ path: String) -> String {
  guard let stream = fopen(path, "r") else { return "" }
  defer { fclose(stream) }
  var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
  while true {
    let count = fread(&chunk, 1, chunk.count, stream)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes.append(contentsOf: chunk[..<count])
  }
}
