/// An optional value that few of many records have: it takes one pointer where it is missing.
///
/// Inlinable: else each use from another target would look its metadata up.
public struct Boxed<Value: Equatable & Sendable>: Equatable, Sendable {
  @usableFromInline
  indirect enum Storage: Equatable, Sendable { case value(Value) }

  @usableFromInline var storage: Storage?

  @inlinable
  public init(_ value: Value? = nil) { if let value { storage = .value(value) } }

  /// Whether it is missing; asking costs less than a copy of a large value.
  @inlinable public var isEmpty: Bool { if case nil = storage { true } else { false } }

  @inlinable public var value: Value? {
    if case .value(let value)? = storage { value } else { nil }
  }
}
