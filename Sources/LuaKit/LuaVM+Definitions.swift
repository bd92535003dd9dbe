import CLuaKit

/// What scripts of a VM can reach: each definition names the operation that the host answers.
extension LuaVM {
  /// Defines a global function, or one of a table of them: `blacklist.add`.
  public func define(function name: String, _ operation: Int) throws(LuaFailure) {
    try check(lk_define_function(vm, name, UInt32(operation)))
  }

  /// - Parameters:
  ///   - missing: the operation for a member that does not exist.
  ///   - remembers: whether what a field gave is kept until `touch`, unless it is nil or a table.
  public func define(classID: UInt32, name: String, missing: Int, remembers: Bool = false)
    throws(LuaFailure)
  {
    try check(lk_define_class(vm, classID, name, UInt32(missing), remembers ? 1 : 0))
  }

  public func define(field name: String, of classID: UInt32, _ operation: Int)
    throws(LuaFailure)
  {
    try check(lk_define_member(vm, classID, name, UInt32(operation), 0))
  }

  public func define(method name: String, of classID: UInt32, _ operation: Int)
    throws(LuaFailure)
  {
    try check(lk_define_member(vm, classID, name, UInt32(operation), 1))
  }

  /// - Parameter event: `index` (by integer), `len`, `call`, `tostring`, `eq`, `lt`, `add`, …
  public func define(event: String, of classID: UInt32, _ operation: Int) throws(LuaFailure) {
    try check(lk_define_event(vm, classID, event, UInt32(operation)))
  }

  /// The operations for a global that does not exist, and for `print`.
  public func define(missingGlobal: Int, print: Int) {
    lk_define_missing_global(vm, UInt32(missingGlobal))
    lk_define_print(vm, UInt32(print))
  }

  /// The operations for a key that a record does not have, which gets the record's name, the key and the
  /// record, and for a change of an object or of a sealed table, which raises.
  public func define(missingMember: Int, writtenMember: Int) {
    lk_define_refusals(vm, UInt32(missingMember), UInt32(writtenMember))
  }

  /// Defines a global that holds a value, in every environment made from now on.
  public func define(global name: String, _ value: LuaValue) throws(LuaFailure) {
    var list = ValueList()
    list.add(value)
    try check(
      list.withValues { lk_define_global(vm, name, $0.baseAddress, UInt32($0.count)) })
  }
}
