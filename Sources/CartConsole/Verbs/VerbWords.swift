import CartModel
import CartSupport

/// What may follow a verb beside its options.
enum VerbWords: Equatable, Sendable {
  /// The words of its usage.
  case plain
  /// A filter.
  case filter
  /// Any text, from this word on.
  case text(from: Int)
  /// Another verb with its own words.
  case verb
  /// Words that the verb itself reads; of these names `--name value` means `name=value`.
  case own(valued: Set<String> = [], flags: Set<String> = [])
}

extension Verb {
  /// Splits the options from its words: `name=value`, `--name value` and `--flag`.
  ///
  /// - Throws: usage, for what looks like an option and is none.
  func split(_ words: some Sequence<TypedWord>) throws
    -> (plain: [TypedWord], options: [String: String])
  {
    var (plain, given) = ([TypedWord](), [String: String]())
    func set(_ name: String, _ value: String) throws {
      guard given.updateValue(value, forKey: name) == nil else {
        throw ConsoleError.usage(".\(self.name): \(name)= is given twice")
      }
    }
    var rest = Array(words)[...]
    // Behind the colon of .each stand another verb's words.
    var isInner = kind == .verb
    while let word = rest.popFirst() {
      // Quotes around all of it make text of it only where texts are searched.
      let assigned = kind == .filter ? word.assignment : word.looseAssignment
      if let (name, value) = assigned, options.contains(name) {
        try set(name, value.text)
      } else if isInner || isText(at: plain.count) {
        plain.append(word)
      } else if let dashed = word.dashed {
        let dash = dashed.assignment
        let (name, value) = (dash?.name ?? dashed.text, dash?.value)
        if flags.contains(name) {
          try set(name, value?.text ?? "yes")
        } else if options.contains(name) {
          try set(name, try value?.text ?? self.value(of: name, &rest).text)
        } else {
          plain.append(try foreign(name, value, &rest))
        }
      } else {
        try check(word, after: plain)
        if kind == .filter, word == TypedWord(":") { isInner = true }
        plain.append(word)
      }
    }
    return (plain, given)
  }

  private func isText(at index: Int) -> Bool {
    if case .text(let start) = kind { return index >= start }
    return false
  }

  private func value(of name: String, _ rest: inout ArraySlice<TypedWord>) throws -> TypedWord {
    guard let value = rest.first, value.dashed == nil else {
      throw ConsoleError.usage(".\(self.name): --\(name): expected a value behind it")
    }
    rest.removeFirst()
    return value
  }

  /// An option that is not the verb's own: of its filter, or of what it reads by itself.
  private func foreign(
    _ name: String, _ value: TypedWord?, _ rest: inout ArraySlice<TypedWord>
  ) throws -> TypedWord {
    switch kind {
    case .filter where FilterParser.names.contains(name):
      return TypedWord(name, try value ?? self.value(of: name, &rest))
    case .own(_, let flags) where flags.contains(name) && value == nil:
      return TypedWord("--" + name)
    case .own(let valued, _) where valued.contains(name):
      return TypedWord(name, try value ?? self.value(of: name, &rest))
    default: throw noOption("--" + name, name)
    }
  }

  private func check(_ word: TypedWord, after plain: [TypedWord]) throws {
    if word.isDashed, !takesDash { throw noOption(word.text, word.text) }
    guard kind == .plain, let (name, _) = word.assignment else { return }
    throw noOption(name + "=", name)
  }

  private func noOption(_ word: String, _ name: String) -> ConsoleError {
    var known = options
    if kind == .filter { known.formUnion(FilterOption.allCases.map(\.rawValue)) }
    if case .own(let valued, let flags) = kind { known = valued.union(flags) }
    let list = known.sorted()
    return ConsoleError.usage(
      ".\(self.name): no option \(quoted(word))"
        + (didYouMean(name.replacing("-", with: ""), among: list))
        + (list.isEmpty
          ? "; it takes none" : "; it takes " + list.map { $0 + "=" }.joined(separator: " ")))
  }
}
