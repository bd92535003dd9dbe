import CartSupport
import Glibc

/// `cartio.conf`: how the store is reached, and the secrets of it. The environment overrides each
/// setting.
public struct ConnectionFile {
  /// A setting: its name in the file, and that in the environment.
  public enum Key: String, CaseIterable, Sendable {
    case storefront
    case storeHash = "store_hash"
    case token
    case apiBase = "api_base"
    case publicURL = "public_url"
    case clientID = "client_id"
    case clientSecret = "client_secret"
    case hookSecret = "hook_secret"
    /// The secret before the last change: hooks that a store sends again still have it.
    case oldHookSecret = "old_hook_secret"

    public var variable: String? {
      switch self {
      case .storefront, .oldHookSecret: nil
      case .storeHash: "CARTIO_STORE_HASH"
      case .token: "CARTIO_STORE_TOKEN"
      case .apiBase: "CARTIO_API_BASE"
      case .publicURL: "CARTIO_PUBLIC_URL"
      case .clientID: "CARTIO_CLIENT_ID"
      case .clientSecret: "CARTIO_CLIENT_SECRET"
      case .hookSecret: "CARTIO_HOOK_SECRET"
      }
    }
  }

  public let path: String
  private var written: [Key: String] = [:]
  private let environment: (String) -> String?

  /// Reads the file; an empty one where there is none.
  ///
  /// - Throws: `failed` where others may read the file, or it has what is no setting.
  public init(
    _ path: String, environment: @escaping (String) -> String? = Home.environment
  ) throws(ApplicationError) {
    (self.path, self.environment) = (path, environment)
    guard Files.exists(path) else { return }
    try Self.checkAccess(path)
    let text: String
    do throws(SupportError) { text = try Files.text(path) } catch {
      throw ApplicationError(.failed, of: error)
    }
    for (number, line) in text.lines.enumerated() {
      let line = line.drop { $0 == " " || $0 == "\t" }
      guard let first = line.first, first != "#" else { continue }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0]).trimmed
      guard parts.count == 2, let key = Key(rawValue: name) else {
        // What stands there may be a secret.
        throw ApplicationError(
          .failed,
          "\(path):\(number + 1): expected one of these and a value: "
            + Key.allCases.map { "\($0.rawValue) =" }.joined(separator: ", "))
      }
      written[key] = String(parts[1]).trimmed
    }
  }

  /// A setting as it counts; nil where neither the environment nor the file has it.
  public subscript(_ key: Key) -> String? {
    get {
      if let name = key.variable, let value = environment(name) { return value }
      return written[key].flatMap { $0.isEmpty ? nil : $0 }
    }
    set { written[key] = newValue }
  }

  /// Whether a store is connected.
  public var isConnected: Bool { self[.storeHash] != nil && self[.token] != nil }

  /// Where the store sends its hooks; nil without a public address.
  public var hookAddress: String? { publicAddress.map { $0 + "/hooks/bigcommerce" } }

  /// Where the storefront's pages load our script from; nil without a public address.
  public var scriptAddress: String? { publicAddress.map { $0 + "/beacon.js" } }

  private var publicAddress: String? {
    self[.publicURL].map { url in
      var url = url
      while url.hasSuffix("/") { url.removeLast() }
      return url
    }
  }

  /// The name of the connected store's kind, as carts have it.
  public var storefront: String { self[.storefront] ?? "bigcommerce" }

  /// Writes the file, which only its owner may read.
  ///
  /// - Throws: `failed`.
  public func save() throws(ApplicationError) {
    var text = "# The connection to the store. Keep it to yourself: these are secrets.\n"
    for key in Key.allCases {
      guard let value = written[key], !value.isEmpty else { continue }
      guard !value.contains(where: \.isNewline) else {
        throw ApplicationError(.failed, "\(key.rawValue): expected one line")
      }
      text += "\(key.rawValue) = \(value)\n"
    }
    do throws(SupportError) {
      let file = try OutputFile(path, permissions: 0o600)
      try file.write(text)
      try file.commit()
    } catch { throw ApplicationError(.failed, of: error) }
  }

  /// Who else can read a file of secrets; nil where nobody can.
  public static func exposure(_ path: String) -> String? {
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & 0o007 != 0 else { return nil }
    return "\(path): everybody can read it; chmod 600 \(path)"
  }

  private static func checkAccess(_ path: String) throws(ApplicationError) {
    if let words = exposure(path) { throw ApplicationError(.failed, words) }
  }
}

extension String {
  fileprivate var trimmed: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
