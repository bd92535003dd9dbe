import ArgumentParser
import CartApplication
import CartSync

struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Ask the store once: for the carts named, or for all that is known and what is new.",
    discussion: """
      A store cannot list its carts. Without IDs it is asked for the carts that are known, for those of \
      its recent orders, and for products and customers. A mail's token works as well: token:TOKEN.
      """)

  @OptionGroup var options: ServiceOptions
  @Argument(help: "The store's ids of carts.")
  var ids: [String] = []
  @Option(
    help: "Write what was said to and by the store into a folder, without persons and secrets.")
  var record: String?

  func validate() throws {
    for id in ids where id.isEmpty || id == "token:" {
      throw ValidationError(
        "sync: expected the store's id of a cart, as 8f3a0001-1111-4222-8333-444455556666, got '\(id)'"
      )
    }
  }

  func run() throws {
    throw ExitCode(
      finish {
        // What goes wrong again and again is said once.
        var said: Set<String> = []
        let connection = try StoreConnection(
          try options.selectedHome(), recording: record, options: SyncPass.options, sweeps: false
        ) { if said.insert($0).inserted { Terminal.say($0) } }
        defer { connection.close() }
        try SyncPass(connection).run(ids)
      })
  }
}
