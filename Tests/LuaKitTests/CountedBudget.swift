import LuaKit

extension LuaVM.Budget {
  /// A rule's budget without its limit of time, which would decide on a slow machine.
  static let counted = LuaVM.Budget(
    instructions: LuaVM.Budget.rule.instructions, output: LuaVM.Budget.rule.output)
}
