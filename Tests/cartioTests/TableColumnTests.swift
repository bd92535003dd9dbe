import ProgramTesting
import Testing

/// Columns of a table that an import knows, needs or refuses.
struct TableColumnTests {
  private let folder = TemporaryFolder()
  private var program: Program { Program(folder) }

  private func take(_ text: String, _ type: String) -> ProgramResult {
    program.run(
      arguments: ["import", folder.write("x.csv", text), "--as-type", type])
  }

  @Test func columnsAreNamedOrRefused() {
    let products = take("sku,name,price,currency\nA,Mug,1,EUR\nB,,x,EUR\nC\n", "products")
    #expect(products.status == 3, "\(products.messages)")
    #expect(
      folder.read("x.csv.rejects.jsonl")
        == #"{"line":3,"reason":"price: expected a decimal, not negative, with at most 12 decimals, got 'x'","text":"B,,x,EUR"}"#
        + "\n"
        + #"{"line":4,"reason":"expected 4 columns as in the header, got 1","text":"C"}"# + "\n")
    #expect(
      program.run("export", "products", "--format", "csv").output
        .hasSuffix("A,Mug,1.00,EUR,,,,,,,,false,true\r\n"))
    let again = take("sku,name,price,currency\nA,Mug,1.00,EUR\n", "products")
    #expect(again.messages.contains("0 events imported") && again.messages.contains("1 skipped"))
    #expect(take("sku;price\nA;2\n", "products").status == 0)
    #expect(program.run("-e", "product('A').price").output == "2.00\n")
    // A list of prices keeps the names; an empty cell is said to be empty.
    let full = "sku,name,price,currency,stock,category,tags,attr.mat,backorder\n"
    #expect(take(full + "D,Pot,5.00,EUR,7,Garden,\"a, b\",clay,true\n", "products").status == 0)
    #expect(take("sku,price\nD,6.00\n", "products").status == 0)
    #expect(take("sku,price,category\nD,6.00,\n", "products").status == 0)
    #expect(
      program.run(
        "-e", "local p = product('D') return p.name, p.price, p.stock, p.category, p.attr.mat"
      )
      .output == "Pot\t6.00\t7\t\tclay\n")
    #expect(
      program.run("export", "products").output.contains(
        #""backorder":true,"available":true,"tags":["a","b"],"attributes":{"mat":"clay"}"#))
    let carts = take("id;status;total;e-mail\n", "carts")
    #expect(carts.status == 1)
    #expect(
      carts.messages.hasPrefix(
        "error: \(folder.path)/x.csv: the header has an unknown column 'e-mail' for carts; expected some of"
      ), "\(carts.messages)")
    #expect(carts.messages.hasSuffix("; did you mean 'email'?\n"))
    #expect(
      take("sku,name\n", "products").messages.hasSuffix("the header lacks the column 'price'\n"))
    #expect(
      take("sku,price,sku\n", "products").messages.hasSuffix(
        "the header names 'sku' twice, in columns 1 and 3\n"))
    let open = take(
      "id,status,total,email\nc-0001,open,5,a@example.com\nc-0002,ordered,5,\nc-0003,,,\n\n",
      "carts")
    #expect(open.status == 3)
    #expect(
      open.messages.contains(
        "a table of carts does not set these columns, and they are not imported: total"),
      "\(open.messages)")
    #expect(
      folder.read("x.csv.rejects.jsonl").contains(
        "status: expected open, got 'ordered'; import the events of such a cart (--as-type events)")
    )
    #expect(program.run("-e", "carts{status='any'}:count()").output == "2\n")
  }
}
