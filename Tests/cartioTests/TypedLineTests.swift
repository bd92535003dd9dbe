import ProgramTesting
import Testing

/// What an agent without Lua types at the prompt.
struct TypedLineTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() { program = Program(folder) }

  @Test(arguments: [
    ("carts total>100", "Type .carts total>100"), ("cart @1", "Type .cart @1"),
    ("crats total>100", "Type .carts total>100"), ("undo 5", "Type .undo 5"),
    ("find anna", "Type .carts anna"),
    (
      "customer anna@example.com",
      "Type .customer anna@example.com"
    ),
    ("Orders status=paid", "Type .orders status=paid"), ("histroy 8f3a", "Type .history 8f3a"),
    ("add @ MUG-01 2", "Type .add @ MUG-01 2"), ("carts", "Type .carts"),
    ("blacklist list", "Type .blacklist list"), ("open cart 5", "Type .cart 5"),
    ("show me carts total>100", "Type .carts total>100"), ("custmer anna", "Type .customer anna"),
  ])
  func aVerbWithoutItsDot(line: String, advice: String) {
    let result = program.run("-e", line)
    #expect(result.status == 64)
    #expect(result.messages == "error: \(advice) (verbs start with a dot)\n")
    let typed = program.run("console", input: line + "\n")
    #expect(typed.messages.contains("error: \(advice) (verbs start with a dot)\n"))
  }

  @Test(arguments: [
    ("how do i refund", "syntax error near 'do'"),
    ("please cancel my order", "syntax error near 'cancel'"),
    ("refund anna 5 EUR", "syntax error near 'anna'"),
    ("anna's cart, please", "unfinished string near <eof>"),
  ])
  func plainWords(line: String, problem: String) {
    let result = program.run("-e", line)
    #expect(result.status == 64)
    #expect(
      result.messages
        == "error: This is not Lua (\(problem)). .help lists what you can type; .carts NAME and "
        + ".customer NAME find carts and people\n")
  }

  /// A chunk that looks like Lua keeps Lua's own message.
  @Test(arguments: [
    ("x = = 1", "unexpected symbol near '='"), ("return 1 2", "<eof> expected near '2'"),
    ("local 5 = x", "<name> expected near '5'"),
    ("carts{'total>5'", "'}' expected near <eof>"), ("cart('8f3a' x", "')' expected near 'x'"),
  ])
  func luaWithAnError(line: String, problem: String) {
    let result = program.run("-e", line)
    #expect(result.status == 1)
    #expect(result.messages.hasSuffix(problem + "\n"), "\(result)")
  }

  @Test func aVariableOfThatNameIsLua() {
    let result = program.run("console", input: "history = 5\nhistory\n")
    #expect(result.output == "5\n" && result.status == 0, "\(result)")
  }

  @Test func anEmptyListSaysSo() {
    #expect(program.practice().status == 0)
    #expect(
      program.run("-e", ".allowlist list").messages
        == "The allowlist is empty. Example: .allowlist add email=vip@example.com\n")
    #expect(program.run("-e", ".allowlist add email=vip@example.com").status == 0)
    #expect(
      program.run("-e", ".allowlist list nobody").messages
        == "No entry of the allowlist matches 'nobody'; it has 1\n")
  }

  @Test(arguments: [
    ".blacklist add ip=0.0.0.0/0", ".blacklist add ip=::/0", ".allowlist add ip=0.0.0.0/0",
    "blacklist.add{ip=\"::/0\"}", "allowlist.add{ip=\"10.0.0.0/0\"}",
  ])
  func everyAddressIsNoEntry(line: String) {
    #expect(program.practice().status == 0)
    let result = program.run("-e", line)
    #expect(result.status == 1)
    #expect(
      result.messages.contains(
        "is every address; expected an address or a narrower block, as 203.0.113.0/24"))
  }

  @Test func theStatusOfAnOrderHasAnotherName() {
    #expect(program.practice().status == 0)
    let result = program.run("-e", ".orders status=paid")
    #expect(result.status == 1)
    #expect(
      result.messages.hasSuffix(
        "got 'paid'; that is a status of orders: order_status=paid\n"))
  }
}
