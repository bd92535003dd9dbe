import CartEngine
import CartModel
import CartScripting
import CartStore
import CartSupport

/// Going on with the job of an earlier run.
extension Application {
  /// Reads the script of a job.
  ///
  /// - Parameter mayDiffer: whether another text only is said: a retry is for scripts that were put
  ///   right.
  /// - Returns: its text; nil for a line.
  /// - Throws: `refused` where the script, or a module that it required, is not the text that the job
  ///   began with.
  public func text(of origin: JobOrigin, _ job: Job, mayDiffer: Bool) throws -> String? {
    func differs(_ reason: String) throws {
      guard !mayDiffer else { return messages("job \(job.id): \(reason)") }
      throw try refusal(job, reason)
    }
    var (folder, text) = (Files.folder(session.libraryFolder), String?.none)
    if case .script(let path, _) = origin.source {
      folder = Files.folder(path)
      let name = quoted(Files.name(path))
      let source = try Files.text(path)
      if origin.script == nil {
        try differs(
          "an older version of cartio began it and kept no digest of \(name), so that a change of "
            + "the script cannot be noticed")
      } else if JobOrigin.digest(source) != origin.script {
        try differs("\(name) is not the text that the job began with")
      }
      text = source
    }
    for (path, digest) in origin.libraries.sorted(by: { $0.key < $1.key }) {
      let whole = folder + "/" + path
      guard Files.exists(whole), JobOrigin.digest(try Files.text(whole)) == digest else {
        try differs("the module \(quoted(path)) is not the text that the job began with")
        continue
      }
    }
    return text
  }

  /// Says how far a job came, and how to start anew.
  private func refusal(_ job: Job, _ reason: String) throws -> EngineError {
    let number: Int64?
    do throws(StoreError) { number = try shop.store.operation(key: job.operation) } catch {
      throw ApplicationError(error)
    }
    let undo = number.map { "; 'cartio undo \($0)' reverts them" } ?? ""
    let again =
      job.command.hasPrefix("run ")
      ? "start anew with 'cartio \(printable(job.command))'" : "type the line again"
    return EngineError(
      .refused,
      "job \(job.id): \(reason). Nothing was changed. \(job.done) of \(job.total) carts were done "
        + "before\(undo). To go on, put the old text back; else \(again)")
  }
}
