/// The Lua of what was done: of the last verb, and of all since a recording began.
final class LuaRecorder {
  /// The Lua of the last verb; nil where it has none.
  private(set) var last: LuaCode?
  /// Nil while nothing is recorded.
  private(set) var recording: LuaRecording?

  func begin() { recording = LuaRecording() }
  func end() { recording = nil }

  /// Notes a verb that was done.
  ///
  /// - Returns: false for a verb without Lua that is missing in the recording.
  func note(_ code: LuaCode?) -> Bool {
    guard recording != nil else { return true }
    guard let code else { return false }
    recording?.add(code)
    return true
  }

  /// Keeps the Lua of the verb that is about to run.
  func prepare(_ code: LuaCode?) { last = code }

  /// Notes a chunk that was done.
  ///
  /// - Parameter isStatement: else it is an expression, which a script shows.
  func note(chunk: String, isStatement: @autoclosure () -> Bool) {
    guard recording != nil else { return }
    recording?.add(chunk: chunk, isStatement: isStatement())
  }
}
