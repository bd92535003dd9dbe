import CartEngine
import CartModel
import CartSupport
import Testing

/// The Lua of lists asks exactly as the verbs do.
struct ListQuestionTests {
  struct Way: Sendable, CustomTestStringConvertible {
    var verb: String
    var lua: String
    /// What is typed at questions; nil without a terminal.
    var answers: [String]?
    /// How many questions there are.
    var asked = 0
    /// What both say.
    var said = ""
    /// How many entries the blacklist, or carts that are open, there are in the end.
    var entries = 1

    var testDescription: String { verb }
  }

  private static let ways: [Way] = [
    Way(
      verb: ".blacklist add ip=10.0.0.1", lua: "blacklist.add{ip='10.0.0.1'}", answers: ["0"],
      asked: 1),
    Way(
      verb: ".blacklist add ip=10.0.0.1", lua: "blacklist.add{ip='10.0.0.1'}", answers: [""],
      asked: 1, said: "not confirmed; nothing was changed", entries: 0),
    Way(
      verb: ".blacklist add ip=10.0.0.1", lua: "blacklist.add{ip='10.0.0.1'}",
      said: "nobody confirmed it; nothing was changed; run it with --yes, or with confirm=0",
      entries: 0),
    Way(
      verb: ".blacklist add ip=10.0.0.1 confirm=0", lua: "blacklist.add{ip='10.0.0.1', confirm=0}"),
    Way(
      verb: ".blacklist add ip=10.0.0.1 confirm=5", lua: "blacklist.add{ip='10.0.0.1', confirm=5}",
      said: "confirm=5: expected confirm=0: this blocks 0 open carts and the customers of 0 orders",
      entries: 0),
    Way(
      verb: ".blacklist add email=luca@example.com",
      lua: "blacklist.add{email='luca@example.com'}", answers: []),
    Way(
      verb: ".blacklist add email=luca@example.com confirm=2",
      lua: "blacklist.add{email='luca@example.com', confirm=2}",
      said: "confirm=2: expected confirm=1: this blocks 1 open cart", entries: 0),
  ]

  @Test("A dangerous entry of the blacklist, and one with confirm=", arguments: ways)
  func blacklist(way: Way) throws {
    var asked: [[String]] = []
    for line in [way.verb, way.lua] {
      let desks = try Desks(Desks.carts, answers: way.answers)
      let said = desks.type(line)
      #expect(way.said.isEmpty || said.contains(way.said), "\(line): \(said)")
      #expect(try desks.other.reader.entries(.blacklist).count == way.entries, "\(line): \(said)")
      asked.append(desks.questions)
    }
    #expect(asked[0].count == way.asked && asked[0] == asked[1], "\(asked)")
  }

  private static let allowed: [Way] = [
    Way(
      verb: ".allowlist add email=*@example.com", lua: "allowlist.add{email='*@example.com'}",
      answers: ["3"], asked: 1, entries: 3),
    Way(
      verb: ".allowlist add email=*@example.com", lua: "allowlist.add{email='*@example.com'}",
      answers: [""], asked: 1, said: "not confirmed; nothing was changed", entries: 0),
    Way(
      verb: ".allowlist add email=*@example.com", lua: "allowlist.add{email='*@example.com'}",
      said: "this changes more than 1 carts and nobody confirmed it", entries: 0),
    Way(
      verb: ".allowlist add email=*@example.com confirm=3",
      lua: "allowlist.add{email='*@example.com', confirm=3}", answers: [], entries: 3),
    Way(
      verb: ".allowlist add email=*@example.com confirm=3",
      lua: "allowlist.add{email='*@example.com', confirm='3'}", entries: 3),
    Way(
      verb: ".allowlist add email=*@example.com confirm=2",
      lua: "allowlist.add{email='*@example.com', confirm=2}", answers: [],
      said: "this changes more than the 2 carts that were confirmed", entries: 0),
    Way(
      verb: ".allowlist add email=*@example.com confirm=all",
      lua: "allowlist.add{email='*@example.com', confirm='all'}", answers: [],
      said: "confirm: expected a number of carts, got 'all'; nothing was changed", entries: 0),
  ]

  @Test("An entry of the allowlist that restores many carts", arguments: allowed)
  func allowlist(way: Way) throws {
    var asked: [[String]] = []
    for line in [way.verb, way.lua] {
      let desks = try Desks(
        Desks.carts, answers: way.answers, settings: "return { confirm_above = 1 }")
      desks.type(".blacklist add email=*@example.com confirm=3", ".rules run")
      #expect(try desks.cart("cart3").state == .held)
      let before = desks.questions.count
      let said = desks.type(line)
      #expect(way.said.isEmpty || said.contains(way.said), "\(line): \(said)")
      let open = try ["cart1", "cart2", "cart3"].count { try desks.cart($0).state == .open }
      #expect(open == way.entries, "\(line): \(said)")
      let entries = try desks.other.reader.entries(.allowlist).count
      #expect(entries == (way.entries > 0 ? 1 : 0), "\(line): \(said)")
      asked.append(Array(desks.questions.dropFirst(before)))
    }
    #expect(asked[0].count == way.asked && asked[0] == asked[1], "\(asked)")
  }

  /// A plan holds carts only: what a chunk does to lists beside them is saved with it.
  @Test("A chunk that is confirmed as a plan keeps its changes of lists")
  func chunk() throws {
    let desks = try Desks(
      Desks.carts, answers: ["3"], settings: "return { confirm_above = 1 }")
    let said = desks.type(
      "blacklist.add{email='karl@example.org'} for c in carts{} do c:note('looked at') end")
    #expect(desks.questions.count == 1)
    #expect(try desks.cart("cart2").notes.count == 1)
    #expect(try desks.other.reader.entries(.blacklist).count == 1, "\(said)")
    let undone = desks.type(".undo confirm=3")
    #expect(try desks.other.reader.entries(.blacklist).count == 0, "\(undone)")
  }

  @Test("A chunk that is confirmed as a plan keeps what rules in shadow said of it")
  func decisions() throws {
    let desks = try Desks(
      Desks.carts, answers: ["3"], settings: "return { confirm_above = 1 }")
    try Files.makeFolder(desks.folder.file("rules"))
    desks.folder.write(
      "rules/all.lua", #"rule "all" { when = function(c) return c.quantity > 0 end }"#)
    let said = desks.type(".reload", "for c in carts{} do c:add('MUG-01', 1) end")
    #expect(desks.questions.count == 1)
    #expect(try desks.other.reader.operations.hits(since: nil, until: nil).count == 3, "\(said)")
  }

  @Test("The last step of the sandbox is undone as a whole")
  func sandbox() throws {
    let desks = try Desks(Desks.carts)
    desks.type(".sandbox", "for c in carts{} do c:note('x') end")
    #expect(
      desks.type(".undo cart=cart1").contains(
        "undo: the last step of the sandbox is undone as a whole; leave out cart="))
    #expect(desks.type(".undo").contains("3 carts"))
  }

  @Test("A report of the prompt may go over carts with each")
  func reportOfThePrompt() throws {
    let desks = try Desks(Desks.carts)
    desks.type(
      "report 'r' {title='R', run=function(q) local n=0; carts{}:each(function(c) n=n+1 end); "
        + "return {columns={'n'},rows={{n}}} end}")
    let said = desks.type(".report r")
    #expect(said.contains("3") && !said.contains("error"), "\(said)")
  }

  /// A number that was given for one entry says nothing of what else the chunk does.
  @Test("What was confirmed of a part of a chunk is not asked again, but the rest is")
  func part() throws {
    let desks = try Desks(
      Desks.carts, answers: ["3"], settings: "return { confirm_above = 1 }")
    desks.type(".blacklist add email=luca@example.com confirm=1", ".rules run")
    desks.type(
      "allowlist.add{email='luca@example.com', confirm=1} "
        + "for c in carts{} do c:note('looked at') end")
    #expect(desks.questions.count == 1, "\(desks.questions)")
    #expect(try desks.cart("cart2").notes.count == 1)
  }
}
