import CartApplication
import CartModel
import CartStorage
import Glibc

/// Holds the lease of a shop's service: no two work on one shop.
struct LeaseHolder {
  private let inbox: any Inbox
  /// Program, process and machine: `serve 812 shop1`.
  let name: String

  /// How long it holds without renewal; milliseconds.
  private static let term: Int64 = 10_000
  static let renewal: Int64 = 2_000

  init(_ program: String, _ inbox: any Inbox) {
    self.inbox = inbox
    name = "\(program) \(getpid()) \(Self.machine)"
  }

  /// Takes or renews the lease; that of a process of this machine that does not live any more is over.
  func renew(at now: Timestamp) throws -> Bool {
    let end = now.advanced(by: Self.term)
    if try inbox.lease(InboxName.service, for: name, until: end, at: now) { return true }
    guard let other = try inbox.holder(of: InboxName.service, at: now), Self.isDead(other) else {
      return false
    }
    try inbox.release(InboxName.service, of: other)
    return try inbox.lease(InboxName.service, for: name, until: end, at: now)
  }

  /// The process that holds it, for messages.
  func other(at now: Timestamp) throws -> String {
    try inbox.holder(of: InboxName.service, at: now).map(Self.words) ?? "another one"
  }

  /// `serve, process 812 on shop1`
  static func words(_ holder: String) -> String {
    let words = holder.split(separator: " ")
    return words.count == 3 ? "\(words[0]), process \(words[1]) on \(words[2])" : holder
  }

  func release() throws { try inbox.release(InboxName.service, of: name) }

  private static func isDead(_ holder: String) -> Bool {
    let words = holder.split(separator: " ")
    guard words.count == 3, String(words[2]) == machine, let pid = pid_t(words[1]), pid > 0 else {
      return false
    }
    return kill(pid, 0) != 0 && errno == ESRCH
  }

  private static let machine: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    let text = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.filter { $0 != " " }
  }()
}
