import CartSupport

extension Cart {
  /// Decides what is only between members of staff; also of carts that are not open.
  ///
  /// - Throws: `conflict` naming whose the cart is, `notFound`, `outOfRange`, `malformed`.
  ///
  /// - Parameter compensating: whether it makes up for undone events, which no limit holds up.
  func decideRemark(_ command: Command, _ compensating: Bool) throws(ModelError) -> [EventBody] {
    switch command {
    case .claim(let wanted, let now, let manner):
      guard state != .deleted || manner == .fact else {
        throw ModelError(.notAllowed, "cart \(id): is deleted; restore it before you claim it")
      }
      if manner == .ask { try checkClaim(by: wanted.by, now) }
      return claim == wanted ? [] : [.cartClaimed(before: claim, wanted)]
    case .release(let by, let now, let manner):
      if manner == .ask { try checkClaim(by: by, now) }
      if manner == .fact, let claim, claim.by != by {
        throw ModelError(
          .conflict,
          "cart \(id): \(printable(claim.by)) has claimed it, so that \(quoted(by)) cannot release it"
        )
      }
      return claim.map { [.cartReleased($0)] } ?? []
    case .note(let note, let place):
      try check(note.text, "note", 2000)
      if !compensating { try CardNumber.refuse(note.text, "note") }
      guard note.text.contains(where: { !$0.isWhitespace }) else {
        throw ModelError(.malformed, "note: expected a text, got an empty one")
      }
      guard notes.count < Note.most || compensating else {
        throw ModelError(
          .outOfRange, "note: the cart \(id) has \(notes.count) of at most \(Note.most) notes")
      }
      return notes.contains(note) ? [] : [.cartNoted(note, at: place)]
    case .removeNote(let note):
      guard let index = notes.firstIndex(of: note) else {
        throw ModelError(
          .notFound, "note \(quoted(note.text)): not on the cart \(id); it has \(notes.count)")
      }
      return [.cartUnnoted(note, at: index)]
    default: return []
    }
  }

  private func checkClaim(by: String, _ now: Timestamp) throws(ModelError) {
    guard let claim = claim(at: now), claim.by != by else { return }
    let left = Span(milliseconds: claim.until.milliseconds - now.milliseconds)
    throw ModelError(
      .conflict,
      "cart \(id): \(printable(claim.by)) has claimed it, for another \(left); ask them, or take "
        + "it over with take=yes")
  }

  /// The events that make this cart's claim and notes those of another.
  public func remarks(to target: Cart) -> [EventBody] {
    var (events, work) = ([EventBody](), self)
    func emit(_ body: EventBody) {
      events.append(body)
      work.apply(body, at: work.updated)
    }
    if let wanted = target.claim, wanted != claim {
      emit(.cartClaimed(before: claim, wanted))
    } else if target.claim == nil, let claim {
      emit(.cartReleased(claim))
    }
    for (index, note) in notes.enumerated().reversed() where !target.notes.contains(note) {
      emit(.cartUnnoted(note, at: index))
    }
    for (place, note) in target.notes.enumerated() {
      let index = work.notes.firstIndex(of: note)
      if index == place { continue }
      if let index { emit(.cartUnnoted(note, at: index)) }
      emit(.cartNoted(note, at: place))
    }
    return events
  }
}
