import CartTesting
import ProgramTesting
import Testing

/// Rows of tables that would make of a shop what it is not.
struct TableRefusalTests {
  private let folder: TemporaryFolder
  private let program: Program

  init() {
    folder = TemporaryFolder()
    program = Program(folder)
  }

  @Test("A product with a negative stock, or with another currency than the store's, is rejected")
  func products() {
    let file = folder.write(
      "p.csv", "sku,price,stock,currency\nA,1.00,-4,EUR\nB,1.00,4,USD\nC,1.00,0,EUR\n")
    let result = program.run("import", file, "--as-type", "products")
    #expect(result.status == 3 && result.messages.contains("1 event imported"), "\(result)")
    let rejects = folder.read("p.csv.rejects.jsonl").split(separator: "\n")
    #expect(
      rejects.map(String.init) == [
        #"{"line":2,"reason":"stock: expected 0 or more, got '-4'","text":"A,1.00,-4,EUR"}"#,
        #"{"line":3,"reason":"currency: the store's is EUR, got 'USD'","text":"B,1.00,4,USD"}"#,
      ])
  }

  @Test("Lines of carts that are not open make no open carts elsewhere")
  func lines() {
    let day = #""at":"2026-11-01T07:30:00Z""#
    let events = ["open", "sold"].map {
      #"{"type":"line.added",\#(day),"cart":"\#($0)","sku":"T","quantity":1,"price":"1.00"}"#
    }
    let file = folder.write(
      "e.jsonl",
      events.joined(separator: "\n") + "\n"
        + #"{"type":"cart.ordered",\#(day),"cart":"sold","order":"1"}"#)
    #expect(program.run("import", file).status == 0)
    let (carts, lines) = (folder.file("carts.csv"), folder.file("lines.csv"))
    #expect(program.run("export", "carts", "--format", "csv", "-o", carts).status == 0)
    #expect(program.run("export", "lines", "--format", "csv", "-o", lines).status == 0)
    let other = folder.file("other.db")
    #expect(program.run("import", carts, "--as-type", "carts", "--db", other).status == 3)
    let result = program.run("import", lines, "--as-type", "lines", "--db", other)
    #expect(result.status == 3, "\(result)")
    #expect(
      result.messages.contains(
        "1  status: expected open, got '…'; import the events of such a cart (--as-type events)"))
    let ids = program.run("-e", "for c in carts{status='any'} do print(c.id) end", "--db", other)
    #expect(ids.output == "open\n", "\(ids)")
  }
}
