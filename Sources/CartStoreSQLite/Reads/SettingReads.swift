import CartModel
import CartStorage

extension SettingReads where Self: SQLReads {
  func meta(_ name: String) throws(StoreError) -> String {
    try read { try MetaTable($0).text(name) }
  }

  func settingsRecord() throws(StoreError) -> SettingsRecord {
    try read { statements in
      var record = SettingsRecord()
      for event in try EventTable(statements).loose([.settingsChanged], "ORDER BY at, seq") {
        if case .settingsChanged(let before, let after) = event.body {
          record.changes.append((event.at, before, after))
        }
      }
      let live = try statements("SELECT min(at) FROM operation WHERE kind = ? AND parent IS NULL")
      live.bind(1, Operation.Kind.change.rawValue)
      defer { live.reset() }
      if try live.step(), !live.isNull(0) {
        record.firstLive = Timestamp(milliseconds: live.int(0))
      }
      return record
    }
  }
}
