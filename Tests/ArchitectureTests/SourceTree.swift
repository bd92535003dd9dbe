import CartSupport
import Synchronization

/// The package's own files, read as text.
struct SourceTree {
  static let root =
    "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")

  struct File: Sendable {
    /// From the package's folder: `Sources/CartModel/Cart/Cart.swift`.
    var path: String
    var text: String

    /// The folder of the target that it belongs to: `Sources/CartModel`.
    var folder: String { path.split(separator: "/").prefix(2).joined(separator: "/") }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var lines: Int { text.utf8.count { $0 == 0x0a } }

    /// The modules that it imports.
    var imports: [String] {
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place < 2,
          place == 0 || words[0].hasPrefix("@") || words[0] == "package" || words[0] == "public",
          place + 1 < words.count
        else { return nil }
        return String(words[place + 1])
      }
    }
  }

  /// Each test reads the tree, and reading it takes longer than what most of them look for.
  private static let known = Mutex<[String: [File]]>([:])

  /// All files below a folder whose names have one of these ends.
  static func files(_ folder: String, _ ends: [String] = [".swift"]) -> [File] {
    let key = folder + " " + ends.joined(separator: " ")
    if let files = known.withLock({ $0[key] }) { return files }
    let files = read(folder, ends)
    known.withLock { $0[key] = files }
    return files
  }

  private static func read(_ folder: String, _ ends: [String]) -> [File] {
    var found: [File] = []
    for name in names(folder) {
      let path = folder + "/" + name
      if !names(path).isEmpty {
        found += read(path, ends)
      } else if ends.contains(where: name.hasSuffix) {
        found.append(File(path: path, text: text(path)))
      }
    }
    return found
  }

  /// A file's text; empty if it cannot be read.
  static func text(_ path: String) -> String {
    (try? Files.read(root + "/" + path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func names(_ folder: String) -> [String] { Files.list(root + "/" + folder) }
}
