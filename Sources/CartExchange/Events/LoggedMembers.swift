import CartSupport

/// An object whose members are noted as they are read.
struct LoggedMembers {
  let value: JSONValue
  let log: KeyLog?

  subscript(_ key: String) -> JSONValue? {
    guard let log else { return value[key] }
    guard case .object(let members) = value,
      let place = members.firstIndex(where: { $0.key == key })
    else {
      log.noteRead(key, at: nil)
      return nil
    }
    log.noteRead(key, at: place)
    return members[place].value
  }

  var kind: String { value.kind }
}
