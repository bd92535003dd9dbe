import CartStore

extension CartStore {
  /// The name under which a practice store keeps what it was filled with.
  public static let practiceLabel = "practice"

  /// Whether practice filled it: its shoppers are made up.
  public var isPractice: Bool {
    get throws(EngineError) {
      do throws(StoreError) { return try !meta(Self.practiceLabel).isEmpty } catch {
        throw EngineError(error)
      }
    }
  }
}
