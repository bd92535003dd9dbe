import CartModel
import CartStorage

extension SettingReads where Self: MemoryReads {
  func meta(_ name: String) throws(StoreError) -> String {
    try state().meta[ExactText(name)] ?? ""
  }

  func settingsRecord() throws(StoreError) -> SettingsRecord {
    var record = SettingsRecord()
    let log = try state().log
    for event in log.looseByTime(.settingsChanged) {
      if case .settingsChanged(let before, let after) = event.body {
        record.changes.append((event.at, before, after))
      }
    }
    record.firstLive =
      log.operations.filter { $0.kind == .change && $0.parent == nil }.map(\.at).min()
    return record
  }
}
