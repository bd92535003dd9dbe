import CartEngine
import CartModel
import CartRules
import CartScripting
import CartSupport

/// The rule files of a home: their versions in the event log, and what is wrong in them.
public struct RuleFolder {
  let application: Application
  private var handler: CommandHandler { application.handler }
  var home: Home { application.home }

  public init(_ application: Application) { self.application = application }

  /// Whether rule files can become versions here.
  public var canRecord: Bool {
    handler.mode == .live && !home.access.isReadOnly && home.sources.now == nil
  }

  /// Records what changed in the folder as new versions, in a run of its own.
  ///
  /// - Parameter command: what was asked for, for the list of operations.
  public func refresh(_ command: String) throws {
    let book = application.book
    let run = application.begin(command)
    book.refresh()
    guard canRecord else { return }
    // Nothing is said of an operation that did nothing.
    do {
      try scan(in: run)
      _ = try run.finish()
    } catch {
      _ = run.abandon()
      throw error
    }
    book.refresh()
  }

  /// Lets what changed in the folder count for who only looks; nothing is recorded.
  public func preview() throws {
    var scan = try application.book.preview()
    // Once, however often it is looked at.
    scan.added.removeAll { version in
      let key = [version.rule] + version.sources.map(\.digest)
      return !application.unrecorded.insert(key).inserted
    }
    say(scan) {
      "version \($0.number) of \($0.file), not recorded yet: 'rules run' puts it into shadow"
    }
  }

  private func scan(in run: Run) throws {
    say(try application.book.scan(in: run)) {
      "version \($0.number) of \($0.file), in shadow until 'rules enforce \($0.rule)'"
    }
    application.book.refresh()
  }

  private func say(_ scan: RuleBook.Scan, _ words: (RuleVersion) -> String) {
    for version in scan.added {
      application.messages("\(version.kind) \(version.rule): \(words(version))")
    }
    for file in Set(scan.added.map(\.file)).sorted() { warn(of: file) }
    for (file, message) in scan.errors {
      application.messages("warning: \(file): \(printable(message))")
    }
    for name in scan.gone {
      application.messages("warning: \(name): no file defines it; its last version still counts")
    }
  }

  /// Where a finding stands, as `rules/lib/x.lua:3:`.
  public static func place(of finding: ScriptFinding, in path: String) -> String {
    let file = finding.file.isEmpty ? path : Files.folder(path) + "/" + finding.file
    return "\(file):\(finding.line):"
  }

  /// Says what a file has that can never be as it is meant; see `rules check`.
  public func warn(of file: String) {
    let path = home.rulesFolder + "/" + file
    for finding in (try? Self.findings(path)) ?? [] where finding.isError || finding.isOfList {
      let place = finding.file.isEmpty ? file : finding.file
      application.messages("warning: \(place):\(finding.line): \(printable(finding.message))")
    }
  }

  /// What the text of a file shows, with the lists and modules beside it, and then what its definitions
  /// say when it is loaded.
  ///
  /// - Parameter now: the moment that the file sees; nil where it is not loaded.
  public static func findings(_ path: String, loadedAt now: Timestamp? = nil) throws
    -> [ScriptFinding]
  {
    let text = try Files.text(path)
    let folder = Files.folder(path)
    let isDefining = ScriptLint.isDefining(text)
    let found = try ScriptLint.check(
      text, name: "@" + Files.name(path),
      list: { $0.contains("/") ? nil : try? Files.text(folder + "/lists/" + $0) },
      // A script finds its modules elsewhere.
      folders: isDefining ? { Files.list(folder + "/" + $0) } : nil,
      module: { isDefining ? try? Files.text("\(folder)/lib/\($0).lua") : nil })
    guard let now, isDefining, !found.contains(where: \.isError),
      let failure = try RuleFile.failure(of: text, at: path, now: now)
    else { return found }
    return found + [ScriptFinding(line: failure.line, isError: true, message: failure.message)]
  }

  /// Refuses to put a rule into a mode that has errors, or whose file cannot be loaded, and says them.
  ///
  /// - Throws: `refused`.
  public func requireSound(_ name: String, _ word: String) throws {
    let defined = RuleFile.definitions(inFolder: home.rulesFolder, now: handler.now)
    let file =
      try defined.first(where: { $0.name == name })?.file
      ?? application.book.rule(name).newest.file
    let path = home.rulesFolder + "/" + file
    // What no file defines any more stands in the database.
    guard Files.exists(path) else { return }
    let all = try Self.findings(path, loadedAt: handler.now).filter(\.isError)
    let errors = all.filter { $0.concerns(name) }
    guard !errors.isEmpty else {
      if !all.isEmpty {
        application.messages(
          "note: \(file) has \(CountText.count(all.count, "error")) in other rules; 'cartio rules "
            + "check' shows what to correct")
      }
      return
    }
    for error in errors {
      application.messages(
        "\(Self.place(of: error, in: path)) error: \(printable(error.message))")
    }
    throw EngineError(
      .refused,
      "rules \(word): \(file) has \(CountText.count(errors.count, "error")), and \(name) stays as it "
        + "is; 'cartio rules check \(name)' shows what to correct")
  }
}
