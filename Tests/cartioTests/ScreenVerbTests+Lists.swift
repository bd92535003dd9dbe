import CartTesting
import ProgramTesting
import Testing

/// Headings, counts, and the names of recorded scripts.
extension ScreenVerbTests {
  @Test func aColumnIsHeadedAsItWasTyped() {
    shop()
    #expect(
      program.run("-e", ".carts status=any columns=id,coupons,type,customer limit=1").output
        .hasPrefix("id "))
    let header = program.run("-e", ".carts status=any columns=coupons,type,coupon").messages
    #expect(header.contains("columns: 'coupon' is given twice"), "\(header)")
    for names in ["coupons type customer", "coupon shopper_type customer_id"] {
      let columns = names.replacing(" ", with: ",")
      let output = program.run("-e", ".carts status=any limit=1 columns=" + columns).output
      #expect(
        output.split(separator: "\n").first?.split(separator: " ").joined(separator: " ") == names)
    }
    #expect(program.run("-e", ".carts status=any by=coupons").output.hasPrefix("coupons "))
  }

  @Test func cartsAreCountedByAField() {
    folder.write(
      "carts.jsonl",
      """
      {"type":"cart.created","at":"2026-10-01T07:00:00Z","cart":"aaaa1","shopper":{"country":"DE"}}
      {"type":"line.added","at":"2026-10-01T07:00:00Z","cart":"aaaa1","sku":"A","quantity":2,"price":"10"}
      {"type":"cart.created","at":"2026-10-01T07:00:00Z","cart":"aaaa2","shopper":{"country":"DE"}}
      {"type":"cart.created","at":"2026-10-01T07:00:00Z","cart":"aaaa3","currency":"USD","shopper":{"country":"AT"}}
      {"type":"line.added","at":"2026-10-01T07:00:00Z","cart":"aaaa3","sku":"A","quantity":1,"price":"3.50"}

      """)
    #expect(program.run("import", folder.file("carts.jsonl")).status == 0)
    #expect(
      program.run("-e", ".carts status=any by=country").output
        == "country  carts      total\nDE           2  20.00 EUR\nAT           1   3.50 USD\n")
    #expect(
      program.run(
        "-e", "for _, g in ipairs(carts{status='any'}:by('country')) do print(g.value, g.count) end"
      ).output
        == "DE\t2\nAT\t1\n")
    #expect(
      program.run("-e", ".carts by=contry").messages.hasSuffix(
        "got 'contry'; did you mean 'country'?\n"))
  }

  /// Constants take no name of the language, of ours or of what was typed, and not too many of them.
  @Test func recordedScriptsCompile() throws {
    shop()
    let script = folder.file("r.lua")
    var lines = [
      ".record", ".report top-added since=20d until=1d", "filter = 'mine'", ".carts limit=1",
      "filter == 'mine'", ".undo",
    ]
    for number in 1...220 { lines.append(".products limit=\(number)") }
    let result = program.run(
      "--keep-going", input: (lines + [".stop \(script)"]).joined(separator: "\n") + "\n")
    #expect(
      result.messages.contains("note: .undo has no Lua here; the recording goes on without it")
        || result.messages.contains("has nothing to undo"), "\(result.messages.suffix(300))")
    let text = folder.read("r.lua")
    #expect(
      text.contains("local until2 = \"1d\"\n") && text.contains("local filter2 = \"limit=1\"\n"))
    let again = program.run("run", script)
    #expect(again.status == 0 && again.output.contains("\ntrue\n"), "\(again.messages)")
  }
}
