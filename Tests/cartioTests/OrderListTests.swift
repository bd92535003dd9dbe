import ProgramTesting
import Testing

/// Lists of orders: their total is the order's, whatever their carts would cost now.
struct OrderListTests {
  private let folder = TemporaryFolder()
  private let program: Program

  init() {
    program = Program(folder)
    let events = (1...4).map { n in
      let cart = #""at":"2026-11-20T08:00:0\#(n).000Z","cart":"cart-\#(n)""#
      let line = #"{"type":"line.added",\#(cart),"sku":"A","quantity":\#(n),"price":"10.00"}"#
      return n < 4 ? line + "\n" + #"{"type":"cart.ordered",\#(cart),"order":"10\#(n)"}"# : line
    }
    folder.write("e.jsonl", events.joined(separator: "\n") + "\n")
    #expect(program.run("import", folder.file("e.jsonl")).status == 0)
    // Carts would cost more now.
    folder.write("store.lua", #"return { shipping = { fee = "50.00" } }"#)
  }

  @Test func totalIsTheOrders() {
    #expect(program.run("-e", "print(#orders{'total>15'}, #orders{'total>25'})").output == "2\t1\n")
    let shown = program.run("-e", ".orders total>15 sort=-total columns=order,total")
    #expect(shown.output.contains("103") && shown.output.contains("30.00"), "\(shown)")
    #expect(!shown.output.contains("80.00") && !shown.output.contains("101"), "\(shown)")
    let csv = program.run(
      "export", "orders", "--format", "csv", "--columns", "order_id,total", "--where", "total<25")
    #expect(csv.status == 0 && csv.output.contains("101,10.00"), "\(csv)")
  }

  @Test func aLimitCountsOrders() {
    let result = program.run("export", "orders", "--where", "sort=-total", "limit=2")
    #expect(result.output.split(separator: "\n").count == 2, "\(result)")
    #expect(result.messages.contains("2 of 3 orders; 1 left out by limit=2"), "\(result)")
  }

  @Test func whatIsNotThereIsSaid() {
    let missing = program.run("-e", ".orders 999999")
    #expect(missing.status == 1 && missing.messages.contains("No order has the number '999999'"))
    let none = program.run("-e", ".orders zzz")
    #expect(none.status == 0 && none.messages.contains("0 orders match: zzz"), "\(none)")
  }

  @Test func groupsTakeALimitOfTheirOwn() {
    let all = program.run("-e", ".carts status=any by=status")
    let one = program.run("-e", ".carts status=any by=status limit=1")
    #expect(
      all.output.contains("ordered") && one.output.contains("ordered"), "\(one)")
    #expect(one.messages.contains("1 of 2 values of status; the others have fewer carts"), "\(one)")
    let sorted = program.run("-e", ".carts by=country sort=total")
    #expect(sorted.status != 0 && sorted.messages.contains("takes no sort="), "\(sorted)")
  }
}
