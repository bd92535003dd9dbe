import CartTesting
import Testing

@testable import CartConsole

/// Lines of a file, as if they were typed.
struct ReadVerbTests {
  @Test("Its lines may end as other systems write them", arguments: ["\n", "\r\n"])
  func lineEnds(end: String) throws {
    let desks = try Desks(Desks.carts)
    desks.folder.write("l.txt", ".add cart1 MUG-01" + end + "print('done')" + end)
    let said = desks.type(".read \(desks.folder.file("l.txt"))")
    #expect(said.contains("Operation") && said.hasSuffix("done\n"), "\(said)")
  }
}
