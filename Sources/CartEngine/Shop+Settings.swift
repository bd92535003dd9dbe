import CartModel
import CartStorage

extension Shop {
  /// Records the settings when they are not the recorded ones, as an operation of their own.
  ///
  /// - Throws: `refused` while `store.lua` cannot be used.
  func recordSettings(by actor: Actor, at time: Timestamp) throws {
    if let settingsFailure { throw settingsFailure }
    // Another process may have recorded them meanwhile.
    if settings.json != recordedSettings {
      recorded(try storedSettings())
      try followCurrencies()
    }
    let current = settings.json
    guard current != recordedSettings,
      !(recordedSettings.isEmpty && settings == StoreSettings())
    else { return }
    let own = UnitOfWork(store: store)
    let operation = Operation(
      key: newOperationKey(), actor: actor, command: "settings", at: time)
    Admission(self, own).add(
      loose: [.settingsChanged(before: recordedSettings, after: current)],
      from: .init(UnitOfWork.OperationSlot(operation), at: time))
    _ = try own.flush(self)
    recorded(current)
  }

  /// The settings that the event log has, as far as the last look at the database saw.
  private func storedSettings() throws(StoreError) -> String {
    if let known = settingsSeen, known.stamp == store.seen { return known.text }
    let text = try store.meta(SettingName.settings)
    settingsSeen = (store.seen, text)
    return text
  }

  /// Uses the settings that the event log has, where another process recorded others.
  ///
  /// - Returns: whether they were others.
  public func followRecordedSettings() throws(EngineError) -> Bool {
    let text: String
    do throws(StoreError) { text = try store.meta(SettingName.settings) } catch {
      throw EngineError(error)
    }
    guard !text.isEmpty, text != recordedSettings else { return false }
    try use(try StoreSettings(json: text))
    recorded(text)
    return true
  }

  /// Prices the rows again when the settings have changed; a program whose settings are not the recorded
  /// ones leaves that to those who have them.
  func priceRows() throws {
    guard pricedBy != recordedSettings, store.leftUnpriced, try store.needsPricing(),
      try store.meta(SettingName.settings) == recordedSettings
    else { return }
    pricedBy = recordedSettings
    try store.priceRows(recorded: now())
  }
}
