import CartApplication
import CartEngine
import CartReports
import CartStorage
import CartSupport

/// The bulk runs that verbs and scripts were.
enum JobVerbs {
  static let jobs = Verb(
    "jobs", "[resume|retry N]", 0...2, pages: .words([""]),
    "Lists bulk runs; goes on with one, or does again what failed of it.",
    console: { console, call in
      guard !call.words.isEmpty else { return try list(console.workspace) }
      guard ["resume", "retry"].contains(call[0]), let id = Int64(call[1]) else {
        throw ConsoleError.usage("jobs: expected resume N or retry N, got \(quoted(call[0]))")
      }
      try goOn(console, id, retry: call[0] == "retry")
    })

  private static func list(_ workspace: Workspace) throws {
    let shop = workspace.application.shop
    let jobs: [Job]
    do throws(StoreError) { jobs = try shop.store.jobs(limit: 50) } catch {
      throw ConsoleError(error)
    }
    TableView(workspace).show(
      ReportTable(
        name: "jobs", title: "Jobs", asOf: shop.now(),
        columns: [
          .init("job", "integer"), .init("at", "time"), .init("actor"), .init("state", "id"),
          .init("carts", "integer"), .init("done", "integer"), .init("failed", "integer"),
          .init("command"),
        ],
        rows: jobs.map {
          [
            .integer($0.id), .time($0.at), .text($0.actor.description),
            .text($0.isFinished ? "finished" : "open"), .integer($0.total), .integer($0.done),
            .integer($0.failed), .text($0.command),
          ]
        }))
  }

  /// Runs a job's script or line again, which then does only what is left.
  private static func goOn(_ console: Console, _ id: Int64, retry: Bool) throws {
    try console.application.resume(job: id, retry: retry) { job, source, text in
      console.io.messages("job \(id): " + printable(job.command))
      switch source {
      case .line(let line) where Console.isVerb(line): try console.verb(line)
      case .line(let line): try console.run(chunk: line, name: "=prompt")
      case .script(let path, let arguments):
        try console.run(file: path, arguments: arguments, text: text)
      }
    }
  }
}
