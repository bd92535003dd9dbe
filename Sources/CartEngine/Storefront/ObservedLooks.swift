import CartModel
import CartStorage

/// The looks at stores that a run noted, written beside its events.
final class ObservedLooks: CommitParticipant {
  /// By the carts' keys; those of new carts change when they are stored.
  private var noted: [ObjectIdentifier: (entry: UnitOfWork.Entry, look: StoreLook)] = [:]
  private var unsaved: Set<ObjectIdentifier> = []

  var isUnsaved: Bool { !unsaved.isEmpty }

  subscript(_ entry: UnitOfWork.Entry) -> StoreLook? { noted[ObjectIdentifier(entry)]?.look }

  func note(_ look: StoreLook, of entry: UnitOfWork.Entry) {
    noted[ObjectIdentifier(entry)] = (entry, look)
    unsaved.insert(ObjectIdentifier(entry))
  }

  func save(_ commit: Commit, _ writer: any WriteTransaction) throws {
    let lost = Set(commit.lost.map { ObjectIdentifier($0.entry) })
    for id in unsaved.subtracting(lost) {
      guard let (entry, look) = noted[id], let key = try writer.key(named: entry.cart.id) else {
        continue
      }
      try writer.save(look, of: key)
    }
  }

  /// Forgets them: they are saved, and others may look as well.
  func wereSaved() { (noted, unsaved) = ([:], []) }
}
