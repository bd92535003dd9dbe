import CartApplication
import CartModel
import Glibc
import Testing

@testable import CartConsole

/// What an open console does when `store.lua` changes.
struct SettingsWatchTests {
  private static let old = "return { name = \"Tea\", currency = \"EUR\" }"
  private static let taxed =
    "return { name = \"Tea\", currency = \"EUR\", shipping = { fee = \"5\" } }"

  private func recorded(_ desks: Desks) -> Int {
    desks.type(".ops").split(separator: "\n").count { $0.contains(" settings") }
  }

  @Test func aChangedFileIsReadBeforeTheNextLine() throws {
    let desks = try Desks(Desks.carts, settings: Self.old)
    #expect(desks.type("cart('cart1').shipping") == "0.00\n")
    desks.folder.write("store.lua", Self.taxed)
    #expect(desks.type("cart('cart1').shipping") == "! store.lua changed: read again\n5.00\n")
    #expect(desks.type("cart('cart1').shipping") == "5.00\n")
  }

  @Test func nothingIsSavedWithABrokenFile() throws {
    let desks = try Desks(Desks.carts, settings: Self.old)
    desks.type(".add cart1 MUG-01")
    let before = try desks.cart("cart1").version
    desks.folder.write("store.lua", "return { nme = \"Tea\" }")
    let said = desks.type(".add cart1 MUG-01")
    let words =
      "error: store.lua: no setting 'nme'; did you mean 'name'? (it takes name, currency, timezone, "
      + "tax, shipping, coupons, abandoned_after, expires_after, confirm_above, claim_for, lists, "
      + "rules, synchronous, store); the settings read before stay in use, and nothing is saved until "
      + "store.lua is repaired"
    let short = "error: store.lua has an error; nothing is saved until it is repaired"
    #expect(said == "! \(words)\n! \(short)\n")
    #expect(desks.type("cart('cart1').shipping") == "0.00\n")
    #expect(try desks.cart("cart1").version == before)
    desks.folder.write("store.lua", Self.taxed)
    #expect(
      desks.type(".add cart1 MUG-01").hasPrefix("! store.lua changed: read again\n! Operation "))
    #expect(try desks.cart("cart1").version > before)
  }

  @Test func twoConsolesRecordThemOnce() throws {
    let desks = try Desks(Desks.carts, settings: Self.old)
    desks.type(".add cart1 MUG-01")
    #expect(recorded(desks) == 1)
    let second = try Console(
      desks.console.home, io: ConsoleIO(output: { _ in }, messages: { _ in }))
    desks.folder.write("store.lua", Self.taxed)
    for _ in 0..<2 {
      second.take(".add cart1 MUG-01")
      desks.type(".add cart1 MUG-01")
    }
    #expect(recorded(desks) == 2)
    #expect(try desks.cart("cart1").quantity == 13)
  }

  @Test func aRemovedFileIsSaid() throws {
    let desks = try Desks(Desks.carts, settings: Self.taxed)
    unlink(desks.folder.file("store.lua"))
    #expect(
      desks.type("cart('cart1').shipping")
        == "! store.lua was removed; its settings stay in use\n5.00\n")
    #expect(desks.type("cart('cart1').shipping") == "5.00\n")
  }
}
