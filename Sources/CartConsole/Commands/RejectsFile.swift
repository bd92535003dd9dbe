import CartEngine
import CartModel
import Glibc

/// The lines that could not be taken in, with number and reason; made with the first of them.
final class RejectsFile {
  let path: String
  private var file: OutputFile?
  private var writer = JSONWriter()

  /// - Parameter isAskedFor: whether somebody named it; then it is made at once, so that a path that
  ///   cannot be written is known before anything lands.
  init(_ path: String, isAskedFor: Bool) throws(EngineError) {
    self.path = path
    if isAskedFor {
      file = try OutputFile(path)
    } else {
      // One of an earlier import would be taken for this one's.
      unlink(path)
    }
  }

  func add(_ reject: Reject) throws(EngineError) {
    let file: OutputFile
    if let open = self.file { file = open } else { file = try OutputFile(path) }
    self.file = file
    writer.removeAll()
    writer.object {
      $0.number("line", Int64(reject.line))
      $0.string("reason", reject.reason)
      $0.string("text", reject.text)
    }
    writer.newline()
    try file.write(writer.bytes)
  }

  func close() throws(EngineError) {
    try file?.flush()
    file = nil
  }
}
