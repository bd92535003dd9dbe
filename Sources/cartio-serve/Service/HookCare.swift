import BigCommerce
import CartApplication
import CartEngine
import CartModel
import CartSync
import Dispatch
import Synchronization

/// Looks after our hooks: a store turns them off after failures, or when nothing happens for long.
struct HookCare {
  private let connection: StoreConnection
  private let log: ServiceLog
  private var next: Timestamp?
  private let shared = Shared()

  private final class Shared: Sendable {
    let finding = Mutex<Finding?>(nil)
  }

  private enum Finding: Sendable {
    case missed
    case fine
    case failed(String)
  }

  /// Between two checks; milliseconds.
  private static let interval: Int64 = 3_600_000
  /// After a check that failed; milliseconds.
  private static let retry: Int64 = 120_000

  init(_ connection: StoreConnection, _ log: ServiceLog) {
    (self.connection, self.log) = (connection, log)
  }

  /// Begins a check when it is time, and takes in what one found.
  mutating func turn(at now: Timestamp) throws {
    if let finding = shared.finding.withLock({ finding in
      defer { finding = nil }
      return finding
    }) {
      try take(finding, at: now)
    }
    guard next.map({ now >= $0 }) ?? true, let address = connection.file.hookAddress,
      let secret = connection.file[.hookSecret]
    else { return }
    next = now.advanced(by: Self.interval)
    let (hooks, shared) = (StoreHooks(connection.client), shared)
    // A store that answers slowly must not keep carts waiting.
    DispatchQueue.global().async {
      let finding: Finding
      do throws(StorefrontError) {
        let done = try hooks.register(address, secret: secret)
        finding = done.allSatisfy { $0.1 == .kept || $0.1 == .updated } ? .fine : .missed
      } catch { finding = .failed(error.message) }
      shared.finding.withLock { $0 = finding }
    }
  }

  private mutating func take(_ finding: Finding, at now: Timestamp) throws {
    switch finding {
    case .fine: log.write(.info, "hooks", "all hooks are on")
    case .missed:
      log.write(
        .warning, "hooks", "a hook was off or missing and is on again; all carts are read anew")
      try connection.loop.reread()
    case .failed(let words):
      next = now.advanced(by: Self.retry)
      log.write(.warning, "hooks", words)
    }
  }
}
