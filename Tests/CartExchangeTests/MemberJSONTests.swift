import CartModel
import CartSupport
import CartTesting
import Testing

@testable import CartExchange

/// Members as the objects of files.
struct MemberJSONTests {
  private func text(_ sample: SampleMembers) -> String {
    var writer = JSONWriter()
    let sample = sample
    writer.object {
      var (copy, coder) = (sample, JSONMemberWriter())
      swap(&coder.writer, &$0)
      copy.members(&coder)
      swap(&coder.writer, &$0)
    }
    return writer.text
  }

  private func read(_ text: String) throws -> SampleMembers {
    let fields = Fields(try JSONParser.parse(text))
    var (sample, reader) = (SampleMembers(), JSONMemberReader(fields: fields))
    try sample.members(&reader)
    return sample
  }

  @Test("Members of all kinds are written and read")
  func roundTrip() throws {
    let full = try SampleMembers.full()
    #expect(
      text(full)
        == #"{"title":"a","email":"a@b.de","count":7,"open":true,"rate":"13.858823529412","#
        + #""parts":[{"name":"VAT","amount":"4.51"},{"name":"x"}],"kind":"cartio","#
        + #""sums":{"l1":"25.98"}}"#)
    #expect(try read(text(full)) == full)
    #expect(text(SampleMembers()) == #"{"title":"","kind":"unknown"}"#)
  }

  @Test(
    "What is wrong with a member is said",
    arguments: [
      (#"{}"#, "missing field 'title'"),
      (#"{"title":"abcdefghijk"}"#, "title: expected at most 10 bytes, got 11"),
      (#"{"title":"a","count":"x"}"#, "count: expected a whole number, 0 … 99, got 'x'"),
      (#"{"title":"a","count":100}"#, "count: expected a whole number, 0 … 99, got '100'"),
      (#"{"title":"a","open":1}"#, "open: expected true or false, got the number 1"),
      (
        #"{"title":"a","rate":"-1"}"#,
        "rate: expected a decimal that is not negative, got '-1'"
      ),
      (#"{"title":"a","parts":{}}"#, "parts: expected a list, got an object"),
      (#"{"title":"a","parts":[{}]}"#, "missing field 'name'"),
      (
        #"{"title":"a","kind":"me"}"#,
        "kind: expected shopper, cartio or unknown, got 'me'"
      ),
      (#"{"title":"a","sums":[]}"#, "sums: expected an object, got a list"),
      (
        #"{"title":"a","sums":{"l1":"x"}}"#,
        "sums: 'l1': expected a decimal, not negative"
      ),
    ])
  func wrong(text: String, reason: String) throws {
    do {
      _ = try read(text)
      Issue.record("\(text) was read")
    } catch EventDecoder.Failure.rejected(let words) {
      #expect(words == reason)
    }
  }
}
