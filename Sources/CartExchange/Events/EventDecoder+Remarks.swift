import CartModel
import CartSupport

/// What staff said; a file states what did happen, so that a claim is taken over.
extension EventDecoder {
  /// Who said it: `by`, else the event's actor.
  func author(_ fields: Fields) throws(Failure) -> Actor {
    let named = try fields.text("by", limit: 300) ?? ""
    let name = try named.isEmpty ? fields.text("actor", limit: 300) ?? "import" : named
    do throws(ModelError) { return try Actor(name) } catch {
      throw .rejected("by: \(error.message)")
    }
  }

  func claim(_ fields: Fields) throws(Failure) -> Command {
    let by = try author(fields).person
    let at = try fields.required(fields.time("at"), "at")
    let until = try fields.required(fields.time("until"), "until")
    return .claim(Claim(by: by, until: until), now: at, .fact)
  }

  func release(_ fields: Fields) throws(Failure) -> Command {
    let by = try author(fields).person
    // Without a name it ended whose claim it was.
    let isNamed = try fields.text("by", limit: 300)?.isEmpty == false
    return .release(
      by: by, now: try fields.required(fields.time("at"), "at"), isNamed ? .fact : .takeOver)
  }

  func note(_ fields: Fields) throws(Failure) -> Note {
    let by = try author(fields).person
    let at = try fields.required(fields.time("at"), "at")
    return Note(
      at: try fields.time("noted") ?? at, by: by, text: try fields.text("text", limit: 2000) ?? "")
  }
}
