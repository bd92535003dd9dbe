import ArgumentParser
import CartApplication

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Take the store's webhooks, and keep its carts as they are, until SIGTERM.",
    discussion: """
      It speaks plain HTTP: a proxy in front of it has the certificate. The store calls \
      PUBLIC-URL/hooks/bigcommerce.
      """)

  @OptionGroup var options: ServiceOptions
  @Option(help: "The address and the port.")
  var listen = "127.0.0.1:8080"

  func run() throws {
    throw ExitCode(
      finish {
        let address = try ListenAddress(listen)
        let log = ServiceLog(now: { Home.clock() })
        let home = try options.selectedHome()
        try HookSecretStart.ensure(home)
        let connection = try StoreConnection(home) {
          log.write(.warning, "sync", $0)
        }
        defer { connection.close() }
        try Service(connection, log).run(address) { _ in }
      })
  }
}
