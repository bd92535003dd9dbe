import Synchronization

/// A value that only one thread at a time may use, as an inbox or a storage.
public final class Guarded<Value>: @unchecked Sendable {
  private let value: Value
  private let lock = Mutex(())

  /// - Parameter value: is used by nobody else.
  public init(_ value: Value) { self.value = value }

  public func use<T, Failure>(_ body: (Value) throws(Failure) -> T) throws(Failure) -> T {
    let result: Result<T, Failure> = lock.withLock { _ in
      nonisolated(unsafe) let result: Result<T, Failure>
      do throws(Failure) { result = .success(try body(value)) } catch { result = .failure(error) }
      return result
    }
    return try result.get()
  }
}
