import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// How a job is run again, and the digests of the texts that it began with.
public struct JobOrigin: Equatable {
  public enum Source: Equatable {
    /// A verb, or a chunk at the prompt.
    case line(String)
    /// The absolute path of a script, and its arguments.
    case script(String, [String])
  }

  public let source: Source
  /// Of the script; nil for a line, which the job itself holds, and for jobs of older versions.
  public let script: String?
  /// Of the modules that it required, by their paths beside the script.
  public let libraries: [String: String]

  public init(_ source: Source, script text: String?, libraries: [String: String]) {
    self.source = source
    script = text.map(Self.digest)
    self.libraries = libraries
  }

  public static func digest(_ text: String) -> String { hexadecimal(Digest.key(of: text).bytes) }

  /// Whether a typed line is a verb: a dot and a letter.
  public static func isVerb(_ line: String) -> Bool {
    guard line.hasPrefix("."), let second = line.dropFirst().first else { return false }
    return second.isASCII && second.isLetter
  }

  /// As the job keeps it.
  public var text: String {
    var writer = JSONWriter()
    writer.object { writer in
      switch source {
      case .line(let line): writer.string("line", line)
      case .script(let path, let arguments):
        writer.string("script", path)
        writer.array("arguments") { for word in arguments { $0.string(nil, word) } }
      }
      if let script { writer.string("digest", script) }
      guard !libraries.isEmpty else { return }
      writer.object("libraries") { writer in
        for (path, digest) in libraries.sorted(by: { $0.key < $1.key }) {
          writer.string(path, digest)
        }
      }
    }
    return writer.text
  }

  public init?(_ text: String) {
    guard let json = try? JSONParser.parse(text) else { return nil }
    if let line = json["line"]?.string {
      source = .line(line)
    } else if let path = json["script"]?.string, case .array(let items)? = json["arguments"] {
      source = .script(path, items.compactMap(\.string))
    } else {
      return nil
    }
    script = json["digest"]?.string
    var libraries: [String: String] = [:]
    if case .object(let members)? = json["libraries"] {
      for member in members { libraries[member.key] = member.value.string }
    }
    self.libraries = libraries
  }
}
