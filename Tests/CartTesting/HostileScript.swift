import CartEngine
import CartSupport

/// A script that does its worst in one call: each ends soon after its budget, whatever it is in.
public struct HostileScript: Sendable {
  public var name: String
  public var code: String

  /// The scripts of `Hostile.txt`: a header `#### NAME`, then the code; `SIZE` is a number of bytes
  /// about as large as a text may be.
  public static let all: [HostileScript] = {
    var folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    folder.removeLast(2)
    let path = folder.joined(separator: "/") + "/CartScriptingTests/Hostile.txt"
    guard let text = try? Files.text(path) else { return [] }
    var scripts: [HostileScript] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#### ") {
        scripts.append(HostileScript(name: String(line.dropFirst(5)), code: ""))
      } else if !scripts.isEmpty {
        scripts[scripts.count - 1].code += line + "\n"
      }
    }
    return scripts
  }()
}
