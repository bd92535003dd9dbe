import CartModel
import CartStore

extension Shop {
  /// Records the settings when they are not the recorded ones, as an operation of their own.
  func recordSettings(by actor: Actor, at time: Timestamp) throws {
    let current = settings.json
    guard current != recordedSettings,
      !(recordedSettings.isEmpty && settings == StoreSettings())
    else { return }
    let own = UnitOfWork(store: store)
    let operation = Operation(
      key: newOperationKey(), actor: actor, command: "settings", at: time)
    own.add(
      loose: .init(
        events: [.settingsChanged(before: recordedSettings, after: current)],
        actor: actor, at: time, operation: .init(operation)))
    _ = try own.flush(self)
    recorded(current)
  }
}
