/// A value that names each of its members once; the event log's bytes, files and checks follow.
public protocol Members: Equatable, Sendable {
  init()
  /// Names each member to a coder. Never change or reuse a tag or a key.
  mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure)
}

/// Reads, writes or checks the members of a value.
public protocol MemberCoder {
  associatedtype Failure: Error

  /// An empty text is not written.
  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm)
    throws(Failure)
  /// 0 is not written.
  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) throws(Failure)
  /// One of some words; one that is not known is refused.
  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value)
    throws(Failure)
  /// What is usual is not written.
  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool)
    throws(Failure)
  /// A decimal that is not negative; nil is not written.
  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) throws(Failure)
  /// Values with members of their own, which are not personal.
  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value])
    throws(Failure)
  /// Amounts by name: in JSON one object, `{"l1":"25.98"}`.
  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) throws(Failure)
}

/// An amount under a name that no other of its list has.
public protocol NamedAmount: Members {
  var name: String { get set }
  var amount: UnitPrice? { get set }
}

extension NamedAmount {
  public mutating func members<Coder: MemberCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.text(1, "name", &name, TextForm(limit: 255, isRequired: true))
    try coder.decimal(2, "amount", &amount)
  }
}

public struct TextForm: Sendable {
  /// The most bytes of UTF-8.
  public let limit: Int
  /// Whether a file must have it.
  public let isRequired: Bool
  /// Whether it can name a person, so that it is kept where it can be erased.
  public let isPersonal: Bool

  public init(limit: Int, isRequired: Bool = false, isPersonal: Bool = false) {
    (self.limit, self.isRequired, self.isPersonal) = (limit, isRequired, isPersonal)
  }
}

/// A word out of some.
public typealias Choice = RawRepresentable<String> & CaseIterable & Equatable & Sendable

extension MemberCoder {
  /// A decimal that a file need not have.
  public mutating func decimal(_ tag: UInt8, _ key: String, _ value: inout UnitPrice?)
    throws(Failure)
  {
    try decimal(tag, key, &value, isRequired: false)
  }
}
