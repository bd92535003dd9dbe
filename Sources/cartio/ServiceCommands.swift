import ArgumentParser
import CartApplication
import CartConsole
import CartSupport
import Glibc

/// A command of `cartio-serve`, which stands beside this program: it alone knows the network.
protocol ServiceCommand: ParsableCommand {
  static var name: String { get }
  static var abstract: String { get }
  var rest: [String] { get }
}

extension ServiceCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: name, abstract: abstract)
  }

  func run() throws { try finish { try ServiceProgram.become([Self.name] + rest) } }
}

extension ServiceProgram {
  /// Becomes the other program: terminal, signals and exit status are its own.
  ///
  /// - Throws: `failed` where it cannot be run.
  static func become(_ words: [String]) throws -> ConsoleError.Exit {
    guard access(path, X_OK) == 0 else {
      throw ConsoleError(
        .failed,
        "\(words[0]): \(path) is not there; it connects a shop to its store. Install both: "
          + "scripts/install")
    }
    var arguments = ([path] + words).map { strdup($0) } + [nil]
    execv(path, &arguments)
    throw ConsoleError(
      .failed, "\(words[0]): \(path) cannot be run: \(String(cString: strerror(errno)))")
  }
}

struct Connect: ServiceCommand {
  static let name = "connect"
  static let abstract = "Connect a BigCommerce store: connect bigcommerce --store-hash HASH …"
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}

struct Sync: ServiceCommand {
  static let name = "sync"
  static let abstract = "Ask the connected store once, for all carts or for those named."
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}

struct Serve: ServiceCommand {
  static let name = "serve"
  static let abstract = "Take the store's webhooks and keep its carts as they are."
  @Argument(parsing: .captureForPassthrough) var rest: [String] = []
}
