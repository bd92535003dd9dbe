import CartStorage

extension SettingReads {
  /// Whether practice filled it: its shoppers are made up.
  public var isPractice: Bool {
    get throws(EngineError) {
      do throws(StoreError) { return try !meta(SettingName.practice).isEmpty } catch {
        throw EngineError(error)
      }
    }
  }
}
