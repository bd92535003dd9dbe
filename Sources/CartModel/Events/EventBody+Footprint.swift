/// About how many bytes of memory a value takes beside its own place, so that what a run holds can be
/// bounded; at least what it really takes, in practice.
extension EventBody {
  /// Its place included.
  public var footprint: Int { MemoryLayout<EventBody>.stride + beside }

  private var beside: Int {
    switch self {
    case .cartCreated(_, let changes, let attributes):
      heap(of: changes) + heap(of: attributes)
    case .shopperIdentified(let changes), .addressSet(let changes): heap(of: changes)
    case .attributesSet(let changes): heap(of: changes)
    case .customerUpserted(let key, let changes):
      key.footprint + heap(of: changes)
    case .lineAdded(let line, _), .lineChanged(let line, _), .lineRemoved(let line, _):
      line.footprint
    case .lineRestated(let before, let after): block + before.footprint + after.footprint
    case .couponApplied(let text, _), .couponRemoved(let text, _), .orderCancelled(let text, _),
      .orderPaid(let text, _, _), .orderRefunded(let text, _, _), .cartUnflagged(let text):
      text.footprint
    case .declared(let event): block + event.footprint
    case .settingsChanged(let one, let other), .sourceRecorded(let one, let other):
      block + one.footprint + other.footprint
    case .cartOrdered(let record):
      block + record.id.footprint + record.note.footprint
        + record.lines.reduce(0) {
          $0 + MemoryLayout<OrderLine>.stride + $1.sku.footprint + $1.name.footprint
        }
    case .cartDeleted, .cartRestored, .operationUndone, .operationRedone: 0
    case .cartHeld(_, let cause): block + (cause?.footprint ?? 0)
    case .cartFlagged(let cause): block + cause.footprint
    case .productUpserted(let before, let after):
      block + after.footprint + (before?.footprint ?? 0)
    case .entryAdded(let entry), .entryRemoved(let entry):
      block + MemoryLayout<ListEntry>.stride + entry.id.footprint + entry.pattern.text.footprint
        + entry.reason.footprint + entry.tell.footprint
    case .ruleVersioned(let version):
      block + MemoryLayout<RuleVersion>.stride + version.rule.footprint + version.file.footprint
        + version.sources.reduce(0) {
          $0 + MemoryLayout<RuleVersion.Source>.stride + $1.path.footprint + $1.digest.footprint
        }
        + version.parameters.reduce(0) {
          $0 + MemoryLayout<RuleVersion.Parameter>.stride + $1.name.footprint + $1.value.footprint
        }
    case .ruleSet(let setting):
      block + MemoryLayout<RuleSetting>.stride + setting.rule.footprint + setting.reason.footprint
    case .decisionMade(let decision):
      block + MemoryLayout<Decision>.stride + decision.cart.footprint + decision.rule.footprint
        + decision.reason.footprint
    case .policyRan(let run): block + MemoryLayout<PolicyRun>.stride + run.policy.footprint
    case .cartClaimed(let before, let claim):
      2 * block + claim.by.footprint + (before?.by.footprint ?? 0)
    case .cartReleased(let claim): block + claim.by.footprint
    case .cartNoted(let note, _), .cartUnnoted(let note, _):
      block + note.by.footprint + note.text.footprint
    }
  }
}

extension Cart {
  /// Its place included.
  public var footprint: Int { storeFootprint + ownFootprint }

  private var ownFootprint: Int {
    MemoryLayout<Cart>.stride + id.footprint + lines.reduce(block) { $0 + $1.footprint }
      + shopper.fields.reduce(block) {
        $0 + MemoryLayout<(ShopperField, String)>.stride + $1.value.footprint
      }
      + attributes.reduce(0) {
        $0 + MemoryLayout<Attribute>.stride + $1.name.footprint + $1.value.footprint
      }
      + (coupons + flags + pardons).reduce(0) { $0 + MemoryLayout<String>.stride + $1.footprint }
      + (heldBy?.footprint ?? 0) + pauses.count * MemoryLayout<Pause>.stride
      + (order?.lines.count ?? 0) * MemoryLayout<OrderLine>.stride
      + remarks.reduce(0) { $0 + block + $1.notes.reduce(0) { $0 + block + $1.text.footprint } }
  }
}

extension Cart {
  /// What its store says of it.
  private var storeFootprint: Int {
    guard let side = storeSide.value else { return 0 }
    var bytes = block + MemoryLayout<StoreSide>.stride + side.mergedInto.footprint
    if let binding = side.binding { bytes += membersFootprint(binding) }
    if let stated = side.stated { bytes += membersFootprint(stated) }
    for base in side.bases { bytes += MemoryLayout<LineBase>.stride + base.line.footprint }
    return bytes + side.waiting.count * MemoryLayout<Int64>.stride + side.reported.count
  }
}

/// What a block of the heap takes beside its content: the object's head, the array's counts, the
/// allocator's own.
private let block = 64

/// Counts what the members of a payload take beside its own place.
private struct FootprintCoder: MemberCoder {
  var bytes = 0

  mutating func text(_ tag: UInt8, _ key: String, _ value: inout String, _ form: TextForm) {
    bytes += value.footprint
  }

  mutating func number(
    _ tag: UInt8, _ key: String, _ value: inout Int64, in range: ClosedRange<Int64>
  ) {}
  mutating func choice<Value: Choice>(_ tag: UInt8, _ key: String, _ value: inout Value) {}
  mutating func flag(_ tag: UInt8, _ key: String, _ value: inout Bool, usually usual: Bool) {}
  mutating func decimal(
    _ tag: UInt8, _ key: String, _ value: inout UnitPrice?, isRequired: Bool
  ) {}

  mutating func list<Value: Members>(_ tag: UInt8, _ key: String, _ values: inout [Value]) {
    if !values.isEmpty { bytes += block }
    for var value in values {
      bytes += MemoryLayout<Value>.stride
      value.members(&self)
    }
  }

  mutating func amounts<Value: NamedAmount>(
    _ tag: UInt8, _ key: String, _ values: inout [Value]
  ) { list(tag, key, &values) }
}

extension DeclaredEvent {
  fileprivate var footprint: Int {
    var (copy, coder) = (self, FootprintCoder())
    copy.members(&coder)
    return MemoryLayout<DeclaredEvent>.stride + coder.bytes
  }
}

/// Without its own place.
private func membersFootprint(_ value: some Members) -> Int {
  var (copy, coder) = (value, FootprintCoder())
  copy.members(&coder)
  return coder.bytes
}

extension String {
  /// A short text needs no block of its own.
  fileprivate var footprint: Int { utf8.count > 15 ? utf8.count + block : 0 }
}

extension Line {
  fileprivate var footprint: Int {
    MemoryLayout<Line>.stride + id.footprint + sku.footprint + name.footprint + image.footprint
      + options.reduce(options.isEmpty ? 0 : block) {
        $0 + MemoryLayout<Option>.stride + $1.name.footprint + $1.value.footprint
      }
      + (hasFacts ? block + MemoryLayout<LineFacts>.stride + membersFootprint(facts) : 0)
  }
}

extension Product {
  fileprivate var footprint: Int {
    MemoryLayout<Product>.stride + sku.footprint + name.footprint + image.footprint
      + details.category.footprint + details.brand.footprint
      + details.tags.reduce(0) { $0 + MemoryLayout<String>.stride + $1.footprint }
      + details.attributes.reduce(details.attributes.isEmpty ? 0 : block) {
        $0 + MemoryLayout<Line.Option>.stride + $1.name.footprint + $1.value.footprint
      }
  }
}

extension Cause {
  fileprivate var footprint: Int {
    MemoryLayout<Cause>.stride + rule.footprint + source.footprint + reason.footprint
      + tell.footprint
  }
}

private func heap(of changes: [AttributeChange]) -> Int {
  changes.reduce(changes.isEmpty ? 0 : block) {
    $0 + MemoryLayout<AttributeChange>.stride + $1.name.footprint + $1.before.footprint
      + $1.after.footprint
  }
}

private func heap(of changes: [FieldChange]) -> Int {
  changes.reduce(block) {
    $0 + MemoryLayout<FieldChange>.stride + $1.before.footprint + $1.after.footprint
  }
}
