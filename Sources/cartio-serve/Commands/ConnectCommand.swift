import ArgumentParser
import CartApplication

struct ConnectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect", abstract: "Connect a store.",
    subcommands: [ConnectBigCommerce.self])
}

struct ConnectBigCommerce: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bigcommerce",
    abstract: "Check a token, register hooks and script, and read what the store has.",
    discussion: """
      Example: cartio connect bigcommerce --store-hash abc123 --token-file token.txt \
      --public-url https://carts.example.com
      Run it again to mend a connection, or with another token.
      """)

  @OptionGroup var options: ServiceOptions
  @Option(help: "The store's hash: abc123 of https://store-abc123.mybigcommerce.com.")
  var storeHash: String
  @Option(help: "The file with the API account's access token.", completion: .file())
  var tokenFile: String?
  @Option(help: "Where the store and its visitors reach 'cartio serve': https://carts.example.com.")
  var publicUrl: String?
  @Option(help: "The API account's client id.")
  var clientId: String?
  @Option(help: "The file with the API account's client secret.", completion: .file())
  var clientSecretFile: String?
  @Option(help: "Where the store's API is; plain HTTP only on this machine.")
  var apiBase: String?

  func run() throws {
    throw ExitCode(
      finish {
        let home = try options.selectedHome()
        var file = try home.connection()
        file[.storefront] = "bigcommerce"
        file[.storeHash] = storeHash
        if let tokenFile { file[.token] = try SecretFile.read(tokenFile, "--token-file") }
        if let publicUrl { file[.publicURL] = publicUrl }
        if let clientId { file[.clientID] = clientId }
        if let clientSecretFile {
          file[.clientSecret] = try SecretFile.read(clientSecretFile, "--client-secret-file")
        }
        if let apiBase { file[.apiBase] = apiBase }
        guard file[.token] != nil else {
          throw ServiceError(
            .usage,
            "connect: expected the access token: --token-file FILE, or CARTIO_STORE_TOKEN in the "
              + "environment")
        }
        var setup = try StoreSetup(home, file)
        try setup.run()
      })
  }
}
