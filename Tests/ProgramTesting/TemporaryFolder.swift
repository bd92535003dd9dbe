import CTesting
import Glibc

/// A folder for one test, removed with it.
public final class TemporaryFolder: @unchecked Sendable {
  public let path: String

  public init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/cartio-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? parent
  }

  public func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  public func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) -> String {
    let path = file(name)
    let stream = fopen(path, "w")
    if let stream {
      fwrite(bytes, 1, bytes.count, stream)
      fclose(stream)
    }
    return path
  }

  public func read(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

  public func bytes(_ name: String) -> [UInt8] {
    guard let stream = fopen(file(name), "r") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }

  deinit {
    ct_remove_tree(path)
  }
}
