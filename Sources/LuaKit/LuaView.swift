import CLuaKit

/// What the fields of one object are, and those of the items of its list: scripts are answered from
/// here without a call of the host.
///
/// Used again for one object after the other; it must outlive the VMs that show it.
public final class LuaView {
  public struct Shape: Sendable {
    public var objectClass: UInt32
    public var listClass: UInt32
    public var itemClass: UInt32
    public var fields: Int
    public var itemFields: Int

    public init(
      objectClass: UInt32, listClass: UInt32, itemClass: UInt32, fields: Int, itemFields: Int
    ) {
      self.objectClass = objectClass
      self.listClass = listClass
      self.itemClass = itemClass
      self.fields = fields
      self.itemFields = itemFields
    }
  }

  private let shape: Shape
  let view: UnsafeMutablePointer<lk_view>
  private let fields: UnsafeMutablePointer<lk_value>
  /// What changes stands behind a pointer: no access of it has to be checked.
  private let state: UnsafeMutablePointer<State>

  private struct State {
    var items: UnsafeMutablePointer<lk_value>
    var itemCapacity = 16
    /// The first slot of the item that was added last.
    var item: UnsafeMutablePointer<lk_value>
    /// Texts that had to be copied; their blocks do not move.
    var blocks: [UnsafeMutableRawBufferPointer] = []
    var used = 0
  }

  public init(_ shape: Shape) {
    self.shape = shape
    view = .allocate(capacity: 1)
    fields = .allocate(capacity: shape.fields)
    let items = UnsafeMutablePointer<lk_value>.allocate(capacity: 16 * shape.itemFields)
    state = .allocate(capacity: 1)
    state.initialize(to: State(items: items, item: items))
    view.initialize(
      to: lk_view(
        word: 0, object_class: shape.objectClass, list_class: shape.listClass,
        item_class: shape.itemClass, field_count: UInt32(shape.fields), item_count: 0,
        item_fields: UInt32(shape.itemFields), fields: fields, items: items))
  }

  deinit {
    for block in state.pointee.blocks { block.deallocate() }
    fields.deallocate()
    state.pointee.items.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
    view.deallocate()
  }

  /// Of the object that is shown.
  public var word: Int64 { view.pointee.word }

  /// In the slot of an object: it is of a view; below it stands the item's place, from 0.
  public static let bit: UInt32 = 0x8000_0000

  /// Begins with another object; the host is asked for what is not set from now on.
  public func begin(word: Int64) {
    view.pointee.word = word
    view.pointee.item_count = 0
    state.pointee.used = 0
    while state.pointee.blocks.count > 1 { state.pointee.blocks.removeLast().deallocate() }
    for index in 0..<shape.fields { fields[index].kind = LK_OTHER }
  }

  /// Begins with the next item of the list.
  public func addItem() {
    let count = Int(view.pointee.item_count)
    if count == state.pointee.itemCapacity { grow() }
    let item = state.pointee.items + count * shape.itemFields
    for index in 0..<shape.itemFields { item[index].kind = LK_OTHER }
    state.pointee.item = item
    view.pointee.item_count += 1
  }

  private func grow() {
    let size = state.pointee.itemCapacity * shape.itemFields
    let grown = UnsafeMutablePointer<lk_value>.allocate(capacity: size * 2)
    grown.update(from: state.pointee.items, count: size)
    state.pointee.items.deallocate()
    state.pointee.items = grown
    state.pointee.itemCapacity *= 2
    view.pointee.items = UnsafePointer(grown)
  }

  /// A place of a value: a field of the object, or of the item that was added last.
  public struct Place {
    fileprivate let value: UnsafeMutablePointer<lk_value>
  }

  /// - Parameter slot: from 1, as the field was defined.
  public subscript(_ slot: Int) -> Place { Place(value: fields + slot - 1) }

  /// - Parameter slot: from 1, as the field was defined.
  public subscript(item slot: Int) -> Place {
    Place(value: state.pointee.item + slot - 1)
  }

  /// Sets a copy of a text.
  public func set(_ place: Place, copy text: String) {
    var text = text
    text.withUTF8 { place.set(borrowed: copied(UnsafeRawBufferPointer($0))) }
  }

  private func copied(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard !bytes.isEmpty else { return bytes }
    if state.pointee.blocks.last.map({ $0.count - state.pointee.used < bytes.count }) ?? true {
      state.pointee.blocks.append(
        .allocate(byteCount: max(16 << 10, bytes.count), alignment: 1))
      state.pointee.used = 0
    }
    let (blocks, used) = (state.pointee.blocks, state.pointee.used)
    let place = UnsafeMutableRawBufferPointer(
      rebasing: blocks[blocks.count - 1][used..<used + bytes.count])
    place.copyMemory(from: bytes)
    state.pointee.used += bytes.count
    return UnsafeRawBufferPointer(place)
  }
}

extension LuaView.Place {
  public func set(_ number: Int64) {
    value.pointee.kind = LK_INTEGER
    value.pointee.as.integer = number
  }

  public func set(_ number: Double) {
    value.pointee.kind = LK_NUMBER
    value.pointee.as.number = number
  }

  /// Bytes that stay as long as the object is shown.
  public func set(borrowed bytes: UnsafeRawBufferPointer) {
    value.pointee.kind = LK_STRING
    value.pointee.as.string = lk_string(
      bytes: bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText,
      length: bytes.count)
  }

  public func set(_ text: StaticString) {
    set(borrowed: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public func set(classID: UInt32, slot: UInt32, word: Int64) {
    value.pointee.kind = LK_OBJECT
    value.pointee.as.object = lk_object(class_id: classID, slot: slot, word: word)
  }
}

extension LuaVM {
  /// A field that a view may answer.
  public func define(field name: String, of classID: UInt32, _ operation: Int, slot: Int)
    throws(LuaFailure)
  {
    try check(lk_define_viewed(vm, classID, name, UInt32(operation), UInt32(slot)))
  }

  /// Objects of a class are amounts: those of the same slot, and whole numbers times its scale, are
  /// compared without the host.
  ///
  /// - Parameter scales: by slot; 0 where it is not known. It must stay.
  public func define(amounts classID: UInt32, scales: UnsafeBufferPointer<Int64>) {
    lk_define_amounts(vm, classID, scales.baseAddress, UInt32(scales.count))
  }

  /// From now on a view answers; nil for none.
  public func show(_ view: LuaView?) { lk_show(vm, view.map { UnsafePointer($0.view) }) }
}
