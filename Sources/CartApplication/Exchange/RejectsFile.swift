import CartEngine
import CartModel
import CartSupport

/// The lines that could not be taken in, with number and reason; made with the first of them.
final class RejectsFile {
  let path: String
  private var file: OutputFile?
  private var writer = JSONWriter()
  private let wait: StreamWait

  /// - Parameters:
  ///   - isAskedFor: whether it was named on the command line; then it is made in any case, and a path
  ///     that cannot be written is known before anything is imported.
  ///   - wait: how long a pipe is waited for.
  init(_ path: String, isAskedFor: Bool, wait: StreamWait) throws(SupportError) {
    (self.path, self.wait) = (path, wait)
    if isAskedFor { file = try OutputFile(path, wait: wait) }
  }

  func add(_ reject: Reject) throws(SupportError) {
    let file: OutputFile
    if let open = self.file { file = open } else { file = try OutputFile(path, wait: wait) }
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

  /// Ends the file; one of an earlier import, which would be taken for this one's, is removed.
  func close() throws(SupportError) {
    if let file { try file.commit() } else { Files.remove(path) }
    file = nil
  }
}

extension RejectsFile {
  /// Where the rejected lines of a file go that names no place: beside it, else beside the database.
  static func path(for path: String, _ home: Home) -> String {
    if !Files.isDescriptor(path), Files.isWritableFolder(of: path) {
      return path + ".rejects.jsonl"
    }
    let name = Files.isDescriptor(path) ? "import" : Files.name(path)
    return Files.folder(home.databasePath) + "/" + name + ".rejects.jsonl"
  }
}
