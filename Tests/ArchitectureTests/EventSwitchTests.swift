import Testing

/// A new event does not compile, or fails a test, wherever it is forgotten.
struct EventSwitchTests {
  /// The names of all events, as their numbers are declared, and that of those that declare their
  /// members.
  private static let events: Set<String> = {
    let folder = "Sources/CartModel/Events/"
    let text = ["CoreType.swift", "Payloads/DeclaredEvent.swift"].map {
      SourceTree.text(folder + $0)
    }.joined()
    let names = text.matches(of: /\n  case (\w+) = \d+/).map { String($0.1) }
    return Set(names + ["declared"])
  }()

  /// What gives events as another enumeration.
  private static let views = ["ofShop", "ofRule", "holdChange", "payload", "traits"]

  private static func found(in source: String) -> [SwitchText] {
    SwitchText.all(in: source).filter { text in
      text.names(oneOf: events)
        || views.contains { view in text.subject.matches(of: /\w+/).contains { $0.0 == view } }
    }
  }

  @Test("No switch over events has a default")
  func defaults() {
    var count = 0
    for file in SourceTree.files("Sources") {
      for text in Self.found(in: file.text) {
        count += 1
        #expect(text.hasDefault == false, "\(file.path):\(text.line): default over events")
      }
    }
    #expect(Self.events.count >= 36, "the events were not found: \(Self.events.count)")
    #expect(count > 15, "the switches were not found: \(count)")
  }

  @Test("A default is found in each form of a switch")
  func samples() {
    let sample = """
      func f() {
        switch event.body {
        case .cartHeld(before: _, let cause): print(cause)
        default: break
        }
        let words = switch body {
        case .other, .another,
          .lineAdded:
          "a"
        default: "b"
        }
        // switch body {
        // case .cartHeld: break
        // default: break
        switch event.body.ofShop {
        case .product:
          switch state {
          case .open: break
          default: break
          }
        default: break
        }
        switch type {
        case .lineAdded: break
        case .lineRemoved:
          if true {
            print("default: x")
          }
        }
        switch state {
        case .open: return .lineAdded
        default: break
        }
      }
      """
    let found = Self.found(in: sample)
    #expect(found.map(\.line) == [2, 6, 15, 23])
    #expect(found.map(\.hasDefault) == [true, true, true, false])
  }
}
