import CartApplication
import CartSupport

/// A file that holds one secret; a secret on the command line would be seen by others.
enum SecretFile {
  /// - Throws: `failed` for a file that cannot be read, or has another number of words than one.
  static func read(_ path: String, _ option: String) throws -> String {
    try Files.checkReadable(path)
    if let words = ConnectionFile.exposure(path) { Terminal.say("warning: \(words)") }
    let words = try Files.text(path).split(whereSeparator: \.isWhitespace)
    guard words.count == 1 else {
      throw ServiceError(
        .failed,
        "\(option): expected the secret alone on one line, got \(words.count) words in \(path)")
    }
    return String(words[0])
  }

  /// A new secret of 32 random bytes, in hexadecimal.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return hexadecimal((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }
}

/// The secret that hooks send with each call.
enum HookSecretStart {
  /// Makes one where neither the environment nor the file has it: without one no call could be told from
  /// anybody's.
  static func ensure(_ home: Home) throws {
    var file = try home.connection()
    guard file.isConnected, file[.hookSecret] == nil else { return }
    file[.hookSecret] = SecretFile.make()
    try Files.makeFolder(home.folder)
    try file.save()
  }
}
