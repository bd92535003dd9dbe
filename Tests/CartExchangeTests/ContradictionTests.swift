import CartEngine
import CartModel
import CartTesting
import Testing

/// What a file says twice must be the same.
struct ContradictionTests {
  private func take(_ lines: String) throws -> (ImportReport, [Reject], TestShop) {
    let test = try TestShop()
    let (report, rejects) = try test.take(lines)
    return (report, rejects, test)
  }

  @Test(
    "A value that contradicts another one is a reject",
    arguments: [
      (
        #""type":"line.changed","cart":"c1","line":"l1","sku":"B","quantity":3"#,
        "line 'l1': is 'A' in the cart c1, not 'B'"
      ),
      (
        #""type":"line.removed","cart":"c1","line":"l1","sku":"B""#,
        "line 'l1': is 'A' in the cart c1, not 'B'"
      ),
      (
        #""type":"cart.created","cart":"c2","session":"s1","shopper":{"session":"s2"}"#,
        "session: is 's2' in 'shopper' and 's1' beside it"
      ),
      (
        #""type":"customer.upserted","customer":"7","email":"a@x.de","shopper":{"email":"b@x.de"}"#,
        "email: is 'b@x.de' in 'shopper' and 'a@x.de' beside it"
      ),
      (
        #""type":"entry.removed","entry":"e1","ip":"198.51.100.9""#,
        "entry 'e1': is 203.0.113.7 on the blacklist, not 198.51.100.9 on the blacklist"
      ),
      (
        #""type":"customer.upserted","customer":"77","shopper":{"customer":"78"}"#,
        "customer: is '78' in 'shopper' and '77' beside it"
      ),
      (
        #""type":"cart.restored","cart":"c1","judge":"yes""#,
        "judge: expected true or false, got 'yes'"
      ),
      (
        #""type":"rule.versioned","rule":"r","version":1,"kind":"polcy""#,
        "kind: expected rule or policy, got 'polcy'"
      ),
      (
        #""type":"rule.versioned","rule":"r","version":1,"params":[1]"#,
        "params: expected an object, got a list"
      ),
      (
        #""type":"decision.made","of":"c1","rule":"r","version":1,"outcome":"hold","shadow":1"#,
        "shadow: expected true or false, got the number 1"
      ),
      (
        #""type":"policy.ran","rule":"r","version":1,"shadow":"no""#,
        "shadow: expected true or false, got 'no'"
      ),
    ])
  func contradictions(members: String, reason: String) throws {
    let at = #""at":"2026-11-01T07:00:00Z""#
    let (report, rejects, _) = try take(
      """
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1"}
      {"type":"entry.added",\(at),"entry":"e1","ip":"203.0.113.7"}
      {\(at),\(members)}
      """)
    #expect(rejects.map(\.reason) == [reason])
    #expect(report.total == 2)
  }

  @Test("What says the same twice is imported")
  func repeated() throws {
    let at = #""at":"2026-11-01T07:00:00Z""#
    let (report, rejects, _) = try take(
      """
      {"type":"line.added",\(at),"cart":"c1","line":"l1","sku":"A","quantity":1,"price":"1"}
      {"type":"line.changed",\(at),"cart":"c1","line":"l1","sku":"A","quantity":3}
      {"type":"cart.created",\(at),"cart":"c2","session":"s1","shopper":{"session":"s1"}}
      {"type":"customer.upserted",\(at),"customer":"7","email":"A@x.de","shopper":{"email":"a@x.de"}}
      """)
    #expect(report.total == 4 && rejects.isEmpty)
  }
}
