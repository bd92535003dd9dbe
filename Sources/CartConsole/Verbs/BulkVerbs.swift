import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartReports
import CartStore
import CartSupport

/// Verbs over many carts, and the jobs that they are.
enum BulkVerbs {
  static let all: [Verb] = [
    Verb(
      "each", "WHERE… : VERB… [confirm=N]", 2...600, options: ["confirm"], kind: .filter,
      "Does a verb to each matching cart: .each country=DE : coupon SAVE10"
    ) { console, call in
      guard let colon = call.typed.firstIndex(of: TypedWord(":")), colon + 1 < call.typed.count
      else {
        throw ConsoleError.usage("each: expected WHERE… : VERB…, got no ' : ' and verb")
      }
      let rest = Array(call.typed[(colon + 1)...])
      let name = rest[0].text.hasPrefix(".") ? String(rest[0].text.dropFirst()) : rest[0].text
      guard let change = ChangeVerbs.byName[name] else {
        let known = ChangeVerbs.byName.keys.sorted()
        throw ConsoleError.usage(
          "each: expected one of \(known.joined(separator: ", ")), got \(quoted(name))"
            + didYouMean(name, among: known))
      }
      try console.each(call, call.typed[..<colon], change, rest.dropFirst())
    },
    Verb(
      "export",
      Export.Kind.allCases.map(\.rawValue).joined(separator: "|")
        + " [WHERE… columns= format= output=]", 1...300,
      options: ["columns", "format", "output"], kind: .filter,
      "Writes carts, lines, events, orders, products, customers or a list to a file, or to the screen, "
        + "as the command export does."
    ) { console, call in
      try console.export(call)
    },
    Verb(
      "jobs", "[resume|retry N]", 0...2, pages: .words([""]),
      "Lists bulk runs; goes on with one, or does again what failed of it."
    ) { console, call in
      guard !call.words.isEmpty else { return try console.listJobs() }
      guard ["resume", "retry"].contains(call[0]), let id = Int64(call[1]) else {
        throw ConsoleError.usage("jobs: expected resume N or retry N, got \(quoted(call[0]))")
      }
      try console.goOn(job: id, retry: call[0] == "retry")
    },
  ]
}

extension Console {
  fileprivate func export(_ call: VerbCall) throws {
    func read<Value: RawRepresentable & CaseIterable>(_ word: String, _ what: String) throws
      -> Value
    where Value.RawValue == String {
      if let value = Value(rawValue: word) { return value }
      let known = Value.allCases.map(\.rawValue)
      throw ConsoleError.usage(
        "export: \(what)expected one of \(known.joined(separator: ", ")), got \(quoted(word))"
          + didYouMean(word, among: known))
    }
    var export = DataExport(try read(call[0], ""), messages: io.messages)
    if let format = call.options["format"] { export.format = try read(format, "format: ") }
    export.columns = call.options["columns"]
    export.path = call.options["output"]
    try export.run(
      Array(call.typed.dropFirst()), application,
      screen: { OutputFile(showing: io.output, isTerminal: io.terminal.width != nil) },
      as: call.line)
  }

  fileprivate func each(
    _ call: VerbCall, _ wanted: ArraySlice<TypedWord>,
    _ change: (verb: Verb, body: ChangeVerbs.Body), _ words: ArraySlice<TypedWord>
  ) throws {
    // The cart stands before its words.
    var (plain, options) = try change.verb.split([TypedWord("@")] + words)
    plain.removeFirst()
    guard change.verb.words.contains(plain.count + 1) else {
      throw ConsoleError.usage(
        "each: .\(change.verb.name): expected \(change.verb.line), without the ID")
    }
    try perform(call.line) { run in
      if let reason = options["reason"] { try run.note(reason: reason) }
      let filter = try filter(wanted, [.sort, .limit], for: "each")
      try say(missingIn: filter)
      let keys = try handler.reader.keys(matching: filter)
      try handler.confirmer.confirm(
        change.verb.name, ofEach: keys, isFinal: change.verb.isFinal, given: call.options["confirm"]
      )
      let (done, failed) = try run.jobs.each(keys) { key in
        guard let cart = try handler.reader.cart(key) else { return }
        var own = VerbCall(
          line: call.line, typed: [TypedWord(quoting: cart.id)] + plain, options: options)
        own.isBulk = true
        _ = try change.body(self, run, own, cart)
      }
      if done + failed == 0 { try say(nothingFor: filter) }
      let same = done - run.changedCarts
      if same > 0 {
        io.messages("\(Self.carts(same)) \(same == 1 ? "is" : "are") so already")
      }
    }
  }

  fileprivate func listJobs() throws {
    let jobs: [Job]
    do throws(StoreError) { jobs = try shop.store.jobs(limit: 50) } catch {
      throw ConsoleError(error)
    }
    show(
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
  func goOn(job id: Int64, retry: Bool) throws {
    guard application.resumption == nil else {
      throw ConsoleError.usage("jobs: a job cannot go on with another")
    }
    let job: Job?
    do throws(StoreError) { job = try shop.store.job(id) } catch { throw ConsoleError(error) }
    guard let job else {
      throw EngineError(.notFound, "no job has the number \(id); see .jobs")
    }
    guard handler.mode == .live else {
      throw EngineError(.refused, "job \(id): goes on in live mode only; see .live")
    }
    guard let origin = JobOrigin(job.origin) else {
      throw EngineError(.refused, "job \(id): was made by another program")
    }
    let text = try application.text(of: origin, job, mayDiffer: retry)
    application.resumption = (id, retry)
    defer { application.resumption = nil }
    io.messages("job \(id): " + printable(job.command))
    switch origin.source {
    case .line(let line) where Self.isVerb(line): try verb(line)
    case .line(let line): try run(chunk: line, name: "=prompt")
    case .script(let path, let arguments): try run(file: path, arguments: arguments, text: text)
    }
  }
}
