import CartModel

/// What a replay leaves out: what rules and policies did that are replaced from a moment on.
struct Replacement {
  let since: Timestamp
  /// The rules and policies.
  let names: Set<String>
  /// Keys of causes that a person may do again, as they belong to rules that are enforced here.
  let standing: Set<String>
  /// The actors of those names.
  let actors: Set<Actor>

  init(of names: Set<String>, since: Timestamp, standing: Set<String>) {
    (self.since, self.names, self.standing) = (since, names, standing)
    actors = Set(names.flatMap { [Actor.rule($0), .policy($0)] })
  }
}
