/// Properties of a record's field that its kind does not say.
public struct RecordTraits: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It is worked out, so that an import does not read it.
  public static let computed = Self(rawValue: 1)
  /// Files have it, and Lua has it in another way or from elsewhere.
  public static let filesOnly = Self(rawValue: 2)
  /// It may be not known.
  public static let optional = Self(rawValue: 4)
  /// An import reads it; files are written without it.
  public static let importOnly = Self(rawValue: 8)
  /// JSON says it elsewhere in the object.
  public static let tablesOnly = Self(rawValue: 16)
}

/// A fact about a line, an order or a product, declared once: CSV and JSON files, lists and Lua are
/// derived from its declaration.
public struct RecordField<Record>: Sendable {
  /// As Lua has it.
  public let name: String
  /// Its column in a CSV file.
  public let column: String
  /// Its key in the record's JSON object.
  public let key: String
  /// Its key in events.
  public let stated: String
  public let kind: CartField.Kind
  /// A sentence for help, without its name.
  public let about: String
  public let traits: RecordTraits
  private let read: @Sendable (Record) -> CartValue

  init(
    _ name: String, column: String? = nil, key: String? = nil, stated: String? = nil,
    _ kind: CartField.Kind, traits: RecordTraits = [], _ about: String,
    _ read: @escaping @Sendable (Record) -> CartValue
  ) {
    self.name = name
    self.column = column ?? name
    self.key = key ?? self.column
    self.stated = stated ?? self.column
    self.kind = kind
    self.traits = traits
    self.about = about
    self.read = read
  }

  static func text(
    _ name: String, column: String? = nil, key: String? = nil, stated: String? = nil,
    traits: RecordTraits = [], _ about: String, _ read: @escaping @Sendable (Record) -> String
  ) -> RecordField {
    RecordField(name, column: column, key: key, stated: stated, .text, traits: traits, about) {
      .text(read($0))
    }
  }

  static func number(
    _ name: String, traits: RecordTraits = [], _ about: String,
    _ read: @escaping @Sendable (Record) -> Int64
  ) -> RecordField {
    RecordField(name, .number, traits: traits, about) { .number(read($0)) }
  }

  public func value(_ record: Record) -> CartValue { read(record) }

  public var isComputed: Bool { traits.contains(.computed) }
  /// Whether an export writes it.
  public var isExported: Bool { !traits.contains(.importOnly) }
  /// Whether Lua reads it by its name.
  public var isMember: Bool { traits.isDisjoint(with: [.filesOnly, .importOnly]) }
  public var isOptional: Bool { traits.contains(.optional) }
  /// Whether the record's JSON object has it.
  public var isKey: Bool { traits.isDisjoint(with: [.tablesOnly, .importOnly]) }
}
