/// The type of an event; its number is what the event log holds.
public enum EventType: Hashable, Sendable {
  /// One whose payload is written and read by hand.
  case core(CoreType)
  /// One whose payload declares its members.
  case declared(DeclaredType)

  public var traits: EventTraits {
    switch self {
    case .core(let type): type.traits
    case .declared(let type): type.traits
    }
  }

  public var name: String { traits.name }

  public init?(name: String) {
    guard let type = Self.byName[name] else { return nil }
    self = type
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}

extension EventType: RawRepresentable, CaseIterable {
  public var rawValue: UInt8 {
    switch self {
    case .core(let type): type.rawValue
    case .declared(let type): type.rawValue
    }
  }

  public init?(rawValue: UInt8) {
    if let type = CoreType(rawValue: rawValue) {
      self = .core(type)
    } else if let type = DeclaredType(rawValue: rawValue) {
      self = .declared(type)
    } else {
      return nil
    }
  }

  public static let allCases =
    (CoreType.allCases.map { EventType.core($0) } + DeclaredType.allCases.map { .declared($0) })
    .sorted { $0.rawValue < $1.rawValue }
}

extension EventBody {
  public var traits: EventTraits { type.traits }

  /// The cart's state after it; nil where it changes no state.
  public var state: Cart.State? { traits.state }

  public var isFinal: Bool { traits.undo == .final }

  /// Whether it stands whatever is undone: it left the program, or a store said it.
  public var stands: Bool { traits.undo == .final || traits.undo == .kept }

  /// Whether it says of another operation that it is undone or done again.
  public var isMark: Bool { traits.undo == .mark }

  public var isFlag: Bool { traits.marks.contains(.flag) }

  public var isRemark: Bool { traits.marks.contains(.remark) }

  /// Whether lists and rules look at the cart after it.
  public var isJudged: Bool { traits.marks.contains(.judged) }
}
