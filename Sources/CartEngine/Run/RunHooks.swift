/// What a console or service lets the engine call while it works.
public final class RunHooks {
  /// Called with how many carts of a bulk run are done, of how many.
  public var onProgress: ((_ done: Int, _ total: Int) -> Void)?
  /// Told how many bytes the unsaved changes take; gives the bound that this exceeds, if any.
  public var exceededBound: ((_ bytes: Int) -> Int?)?
  /// Called when something of the run was saved.
  public var onSaved: (() -> Void)?
  /// Asked between the carts of a bulk run; true ends it there.
  public var shouldStop: (() -> Bool)?
  /// Told how long work took that many questions share and no script pays for; nanoseconds.
  public var onSharedWork: ((UInt64) -> Void)?

  /// Texts of rule files that are read and not recorded, by their digests.
  public var unrecordedTexts: [String: String] = [:]

  /// How a job of the next run can be run again; asked each time the job is saved, as a script may
  /// require modules on the way.
  public var jobOrigin: () -> String = { "" }

  init() {}

  /// Ends the work under way where it is to end.
  ///
  /// - Throws: `interrupted`.
  public func checkInterruption() throws(EngineError) {
    if shouldStop?() == true { throw EngineError(.interrupted, "interrupted") }
  }
}
