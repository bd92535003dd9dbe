import CartEngine
import CartModel
import CartStore
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
    return Process.output([
      chafa, "--format", format, "--size", size, "--animate", "off", "--", path,
    ])
  }

  /// No more than 3 s and 4 MB, and nothing but HTTP, also behind a redirection.
  private func fetch(_ address: String, to path: String) -> Bool {
    do throws(EngineError) { try Files.makeFolder(cache) } catch { return false }
    let part = path + ".part"
    defer { unlink(part) }
    let done = Process.output([
      curl, "--silent", "--fail", "--location", "--max-redirs", "3", "--proto", "=http,https",
      "--max-time", "3", "--max-filesize", "4000000", "--output", part, "--", address,
    ])
    guard done != nil else { return false }
    return rename(part, path) == 0
  }
}

/// Programs that are run for what they say.
enum Process {
  /// What a program wrote to its standard output; nil where it failed.
  ///
  /// - Parameter words: the program's path and its arguments; no shell reads them.
  static func output(_ words: [String]) -> [UInt8]? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var pid: pid_t = 0
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let code = posix_spawn(&pid, words[0], &actions, nil, arguments, environ)
    close(ends[1])
    guard code == 0 else { return nil }
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = Glibc.read(ends[0], &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return nil } }
    return status == 0 ? bytes : nil
  }
}

extension Console {
  /// The pictures of a cart's lines, each below its SKU.
  func showPictures(of cart: Cart) {
    guard let pictures, outlet.path == nil, io.terminal.width != nil else { return }
    let lines = cart.lines.filter { !$0.image.isEmpty }
    for line in lines.prefix(Pictures.most) {
      guard let bytes = pictures.show(line.image) else {
        io.messages("\(printable(line.sku)): its picture cannot be had")
        continue
      }
      io.output("\n" + io.terminal.styled(printable(line.sku), .bold) + "\n")
      // Chafa's bytes are the terminal's, not text that somebody typed.
      io.output(String(decoding: bytes, as: UTF8.self) + "\n")
    }
    if lines.count > Pictures.most {
      io.messages("\(lines.count - Pictures.most) more pictures are not shown")
    }
  }
}
