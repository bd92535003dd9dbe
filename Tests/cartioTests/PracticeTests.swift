import CartTesting
import ProgramTesting
import Testing

/// A practice store in the home of a real shop.
struct PracticeTests {
  let folder = TemporaryFolder()

  @Test func itHasSettingsOfItsOwn() {
    let program = Program(folder)
    folder.write(
      "store.lua", "return { name = \"Tea House\", currency = \"CHF\", confirm_above = 1 }")
    #expect(program.run("practice", "--carts", "5", "--seed", "3").status == 0)
    let practice = ["--db", folder.file("practice.db")]
    #expect(
      program.run(arguments: practice + ["-e", "return carts.create{}.currency"]).output == "EUR\n")
    #expect(program.run("-e", "return carts.create{}.currency").output == "CHF\n")
    let reloaded = program.run(arguments: practice + ["-e", ".reload"])
    #expect(
      reloaded.messages == "note: a practice store has its own settings; "
        + "\(folder.file("store.lua")) is not used\n"
        + "rules are read again; a practice store has its own settings\n",
      "\(reloaded)")
    let terminal = program.terminal(practice)
    #expect(terminal.read(until: "Practice store \(folder.file("practice.db")): ") != nil)
    #expect(terminal.read(until: "Practice (live)> ") != nil)
    terminal.type(".reload\n")
    #expect(terminal.read(until: "Practice (live)> ") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
  }

  /// Where it is the home's own shop, so is `store.lua`; the prompt says practice all the same.
  @Test func asTheShopOfAHomeItHasThatHomesSettings() {
    let program = Program(folder)
    folder.write("store.lua", "return { name = \"Tea House\", currency = \"CHF\" }")
    #expect(program.practice().status == 0)
    #expect(program.run("-e", "return carts.create{}.currency").output == "CHF\n")
    let terminal = program.terminal([])
    #expect(terminal.read(until: "Practice (live)> ") != nil)
    terminal.type("quit\n")
    #expect(terminal.finish() == 0)
  }

  /// A settings file that a practice store must not read cannot stop it, either.
  @Test func aBrokenSettingsFileIsNotItsOwn() {
    let program = Program(folder)
    folder.write("store.lua", "return { nme = 1 }")
    #expect(program.run("practice", "--carts", "5").status == 0)
    #expect(program.run("--db", folder.file("practice.db"), "-e", "return 1").output == "1\n")
    #expect(program.run("-e", "return 1").status == 1)
  }
}
