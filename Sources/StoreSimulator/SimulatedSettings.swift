import CartSupport

/// Settings and scripts of a store.
struct SimulatedSettings: Sendable {
  var allowsPurchasing = true
  var sendsAbandonedMails = true
  var couponsAllowed = 1
  var scripts: [SimulatedScript] = []
  /// Mails about hooks go there.
  var hookMails: [String] = []
}

struct SimulatedScript: Sendable {
  let id: String
  var fields: [JSONValue.Member]
  let created: Int64
  var modified: Int64
}
