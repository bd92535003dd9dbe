import CartApplication
import CartEngine
import CartModel
import CartSupport

/// Nine steps through the console on a practice store; each ends when its line was typed.
struct Tour {
  private(set) var step = 0

  struct Step: Sendable {
    let words: String
    let line: String
  }

  static let steps: [Step] = [
    Step(
      words: "The carts that are open now, the dearest first; @1 is row 1 from now on.",
      line: ".carts sort=-total limit=5"),
    Step(words: "One of them in full: lines, shopper, what it comes to.", line: ".cart @1"),
    Step(
      words:
        "Change it, and say why; @ is the cart shown last. Tab completes verbs, carts and SKUs.",
      line: ".add @ MUG-01 2 reason=\"asked on the phone\""),
    Step(words: "The verb before as Lua; each is one call of it.", line: ".lua"),
    Step(words: "All that ever happened to it, with who and why.", line: ".history @"),
    Step(
      words: "Your last operation is undone, once you say y; what others did meanwhile stays.",
      line: ".undo"),
    Step(
      words: "Anything without a dot is Lua, and an expression prints its value.",
      line: "carts{\"total>100\", country=\"DE\"}:count()"),
    Step(
      words: "Many at once, but tried first: in the sandbox nothing is saved.",
      line: ".sandbox"),
    Step(
      words: "One verb to each; .plan shows what it would do, .live leaves the sandbox.",
      line: ".each total>100 : coupon SAVE10"),
  ]

  /// Whether a line does the step under way, or what it is about in other words.
  func isDone(by line: String) -> Bool {
    guard step < Self.steps.count else { return false }
    let wanted = Self.steps[step].line
    guard Console.isVerb(wanted) else {
      return !Console.isVerb(line) && !line.isEmpty && Console.bareWords[line] == nil
    }
    return line.split(separator: " ").first == wanted.split(separator: " ").first
  }

  mutating func goOn() { step += 1 }

  var text: String {
    guard step < Self.steps.count else {
      return "That was it: .help lists what else there is, .live leaves the sandbox.\n"
    }
    let now = Self.steps[step]
    return "(\(step + 1) of \(Self.steps.count)) \(now.words)\n  type  \(now.line)\n"
  }
}

/// Shows a user around, step by step.
final class TourGuide: WorkspacePart {
  let workspace: Workspace
  /// The tour under way.
  private var tour: Tour?

  init(_ workspace: Workspace) { self.workspace = workspace }

  /// Shows the first step, or all of them where nobody types.
  func start() {
    guard io.ask != nil, shop.isPractice else {
      let steps = Tour.steps.enumerated().map { number, step in
        "\(number + 1)  \(step.words)\n   \(step.line)\n"
      }
      io.output(steps.joined())
      if !shop.isPractice {
        io.messages("on a practice store it goes step by step: 'cartio practice' makes one")
      }
      return
    }
    tour = Tour()
    io.output((tour?.text ?? "") + "The tour waits while you try other things.\n")
  }

  /// After a command that went well: the next step, where it did the one under way.
  func goOn(_ line: String) {
    guard tour?.isDone(by: line) == true else { return }
    tour?.goOn()
    guard let text = tour?.text else { return }
    io.output("\n" + text)
    if tour?.step == Tour.steps.count { tour = nil }
  }

  /// Says that the store is for practice, and once that there is a tour.
  func welcomeToPractice() {
    guard shop.isPractice else { return }
    io.messages("Practice store \(printable(home.databasePath)): the shoppers are made up.")
    guard !Files.exists(home.tourPath) else { return }
    io.messages("To try things: .help tour shows around in nine steps.")
    // Where nothing can be kept it is offered again.
    try? Files.makeFolder(Files.folder(home.tourPath))
    if let file = try? OutputFile(home.tourPath) { try? file.commit() }
  }
}
