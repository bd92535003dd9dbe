import CartSupport
import Testing

/// The one shape of the targets' errors.
struct CodedErrorTests {
  private enum Code: ErrorCode {
    case lost, stopped

    var isInterruption: Bool { self == .stopped }
  }
  private typealias Failure = CodedError<Code>

  @Test("An error of its own has a code and a message")
  func plain() {
    let error = Failure(.lost, "cart 7: gone")
    #expect(error.code == .lost)
    #expect("\(error)" == "cart 7: gone")
    #expect(error.context == nil)
    #expect(error.source == nil)
  }

  @Test("An error that another led to keeps it, and its message")
  func source() {
    let source = SupportError(.file, "file a: not there")
    let error = Failure(.lost, of: source)
    #expect(error.message == "file a: not there")
    #expect(error.context == nil)
    #expect(error.source as? SupportError == source)
  }

  @Test("The context stands before the message")
  func context() {
    let source = SupportError(.malformed, "expected a number, got x")
    let error = Failure(.lost, in: "ttl", source)
    #expect(error.message == "ttl: expected a number, got x")
    #expect(error.context == "ttl")
    #expect(error.source as? SupportError == source)
  }

  @Test("Code and message make errors equal")
  func equality() {
    let source = SupportError(.file, "gone")
    #expect(Failure(.lost, "gone") == Failure(.lost, of: source))
    #expect(Failure(.lost, "gone") != Failure(.stopped, "gone"))
    #expect(Failure(.lost, "gone") != Failure(.lost, "there"))
  }

  @Test("Any target's error tells an interruption")
  func interruption() {
    let errors: [any Error] = [
      Failure(.stopped, "interrupted"), SupportError(.interrupted, "interrupted"),
    ]
    for error in errors { #expect((error as? any AnyCodedError)?.isInterruption == true) }
    #expect((Failure(.lost, "x") as any AnyCodedError).isInterruption == false)
  }

  @Test("An error takes four words at most, so that it is thrown in registers")
  func size() {
    #expect(MemoryLayout<Failure>.size <= 4 * MemoryLayout<Int>.size)
  }
}
