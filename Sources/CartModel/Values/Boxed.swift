/// An optional value that few of many records have: it takes one pointer where it is missing.
public struct Boxed<Value: Equatable & Sendable>: Equatable, Sendable {
  private indirect enum Storage: Equatable, Sendable { case value(Value) }

  private var storage: Storage?

  public init(_ value: Value? = nil) { storage = value.map { .value($0) } }

  public var value: Value? {
    if case .value(let value)? = storage { value } else { nil }
  }
}
