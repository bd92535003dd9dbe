import CartApplication
import CartEngine
import CartSupport
import Glibc

typealias ServiceError = ApplicationError

extension ApplicationError {
  /// Any error that a command of the service meets: the one place that says what it means to a user.
  init(ofService error: any Error) {
    switch error {
    case let error as StorefrontError: self.init(.failed, "the store: \(error.message)")
    default: self.init(error)
    }
  }

  /// The program's exit status.
  var status: Int32 {
    switch code {
    case .usage: 64
    case .failed: 1
    case .partly: 3
    case .interrupted: 130
    }
  }
}

/// Runs a command's work; an error is said and becomes the exit status.
func finish(_ body: () throws -> Void) -> Int32 {
  do {
    try body()
    return 0
  } catch {
    let error = ApplicationError(ofService: error)
    Terminal.say("error: " + error.message)
    return error.status
  }
}

/// What a command says to the person who started it.
enum Terminal {
  /// Writes a line to standard error: progress, counts, warnings.
  static func say(_ text: String) { write(2, text) }

  /// Writes a line to standard output.
  static func print(_ text: String) { write(1, text) }

  private static func write(_ descriptor: Int32, _ text: String) {
    write(
      descriptor,
      Array((text.lines.map { printable(String($0)) }.joined(separator: "\n") + "\n").utf8))
  }

  /// Writes all of it; an end that nobody reads is no error here.
  static func write(_ descriptor: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || count < 0 && errno == EINTR else { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
