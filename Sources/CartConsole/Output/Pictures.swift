import CartEngine
import CartModel
import CartStorage
import CartSupport
import Glibc

/// Pictures of products on terminals that can show them, by curl and chafa.
///
/// Off until the person turns them on: showing one fetches an address that the shop's data names.
struct Pictures {
  /// How chafa calls what the terminal understands.
  let format: String
  let chafa: String
  let curl: String
  /// Where fetched pictures are kept.
  let cache: String

  /// Columns and rows of a picture.
  static let size = (columns: 20, rows: 8)
  /// How many are shown of a cart.
  static let most = 6

  /// - Throws: what is missing, and how to get it.
  init(_ environment: (String) -> String?, cache: String) throws {
    guard let format = Self.format(environment) else {
      throw ConsoleError(
        .failed, "pictures: this terminal shows none; one with kitty's graphics or sixel does")
    }
    guard let chafa = Executables.find("chafa") else {
      throw ConsoleError(.failed, "pictures: chafa is missing; get it with: apt install chafa")
    }
    guard let curl = Executables.find("curl") else {
      throw ConsoleError(.failed, "pictures: curl is missing; get it with: apt install curl")
    }
    (self.format, self.chafa, self.curl, self.cache) = (format, chafa, curl, cache)
  }

  /// By what terminals say of themselves: asking them takes a time that a prompt does not have.
  static func format(_ environment: (String) -> String?) -> String? {
    let term = environment("TERM") ?? ""
    let program = environment("TERM_PROGRAM") ?? ""
    if environment("KITTY_WINDOW_ID") != nil || term.contains("kitty") || term.contains("ghostty")
      || ["WezTerm", "ghostty"].contains(program)
    {
      return "kitty"
    }
    let sixel = ["sixel", "foot", "mlterm", "yaft", "contour"]
    return sixel.contains { term.contains($0) } ? "sixels" : nil
  }

  /// The bytes that show a picture; nil where it cannot be had.
  func show(_ address: String) -> [UInt8]? {
    guard address.hasPrefix("https://") || address.hasPrefix("http://"),
      address.utf8.count < 2000, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { return nil }
    let path = "\(cache)/\(hexadecimal(Digest.key(of: address).bytes))"
    if !Files.exists(path), !fetch(address, to: path) { return nil }
    let size = "\(Self.size.columns)x\(Self.size.rows)"
    let shown = Process.output([
      chafa, "--format", format, "--size", size, "--animate", "off", "--", path,
    ])
    // Do not cache failures.
    if shown == nil { unlink(path) }
    return shown
  }

  /// No more than some seconds and 4 MB, and nothing but HTTP, also behind a redirection.
  private func fetch(_ address: String, to path: String) -> Bool {
    do throws(SupportError) { try Files.makeFolder(cache) } catch { return false }
    // No file of the person's says otherwise, and what looks like a pattern is none.
    guard
      let bytes = Process.output(
        [
          curl, "-q", "--globoff", "--silent", "--fail", "--location", "--max-redirs", "3",
          "--proto", "=http,https", "--max-time", "3", "--", address,
        ], most: 4_000_000)
    else { return false }
    do throws(SupportError) {
      let file = try OutputFile(path)
      try file.write(bytes)
      try file.commit()
    } catch { return false }
    return true
  }
}
