import CartEngine
import CartModel
import CartScripting
import CartStorage
import CartSupport

/// Going on with the job of an earlier run.
extension Application {
  /// Goes on with a job: its script or line is run again, and does only what is left.
  ///
  /// - Parameters:
  ///   - retry: whether what failed of it is done again instead.
  ///   - body: runs the script, whose text it is given, or the line.
  /// - Throws: `notFound`; `refused` outside of live mode, and for a script that changed.
  public func resume(
    job id: Int64, retry: Bool,
    _ body: (_ job: Job, _ source: JobOrigin.Source, _ text: String?) throws -> Void
  ) throws {
    guard resumption == nil else {
      throw ApplicationError.usage("jobs: a job cannot go on with another")
    }
    let job: Job?
    do throws(StoreError) { job = try shop.store.job(id) } catch { throw ApplicationError(error) }
    guard let job else {
      throw EngineError(.notFound, "no job has the number \(id); see .jobs")
    }
    guard handler.mode == .live else {
      throw EngineError(.refused, "job \(id): goes on in live mode only; see .live")
    }
    guard let origin = JobOrigin(job.origin) else {
      throw EngineError(.refused, "job \(id): was made by another program")
    }
    let text = try text(of: origin, job, mayDiffer: retry)
    resumption = (id, retry)
    defer { resumption = nil }
    try body(job, origin.source, text)
  }

  /// Reads the script of a job.
  ///
  /// - Parameter mayDiffer: whether another text only is said: a retry is for scripts that were put
  ///   right.
  /// - Returns: its text; nil for a line.
  /// - Throws: `refused` where the script, or a module that it required, is not the text that the job
  ///   began with.
  private func text(of origin: JobOrigin, _ job: Job, mayDiffer: Bool) throws -> String? {
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
