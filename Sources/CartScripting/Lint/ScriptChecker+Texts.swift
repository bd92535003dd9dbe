import CartModel
import CartSupport
import LuaKit

/// Texts of the file that have a grammar, each by the one that its place has.
extension ScriptChecker {
  /// Texts that stand in the file, by the grammar that their place has.
  mutating func check(
    _ grammar: ScriptGrammar, _ label: String, _ value: LuaExpression, _ type: ScriptType
  ) {
    if let text = type.text {
      return check(grammar, label, value.line, text, isWarning: type.isDefault)
    }
    guard case .table(let items) = value.kind else { return }
    switch grammar {
    case .filter(let options): check(filter: items, options, label, value.line)
    case .sharedKeys:
      let names = items.compactMap { item -> String? in
        if item.key == nil, case .text(let text) = item.value.kind { text } else { nil }
      }
      guard names.count == items.count else { return }
      do throws(ModelError) { _ = try SharedKey(names) } catch {
        say(value.line, ScriptSession.message(label, error.message))
      }
    case .record(let known):
      for item in items {
        guard case .text(let key)? = item.key?.kind else { continue }
        let line = item.key?.line ?? value.line
        guard let found = known.first(where: { $0.key == key }) else {
          let names = known.map(\.key)
          say(
            line,
            "\(label): no key \(quoted(key))\(didYouMean(key, among: names)); it takes "
              + names.joined(separator: ", "))
          continue
        }
        var quiet = self
        check(found.grammar, "\(label): \(key)", item.value, quiet.type(of: item.value))
      }
    default: break
    }
  }

  private mutating func check(
    _ grammar: ScriptGrammar, _ label: String, _ line: Int, _ text: String, isWarning: Bool
  ) {
    switch grammar {
    case .listFile: check(text, in: "lists", text, label, line, isWarning)
    case .module: check(text, in: "lib", text + ".lua", label, line, isWarning)
    default:
      guard let problem = grammar.problem(text, parser) else { return }
      say(line, ScriptSession.message(label, problem), isWarning: isWarning)
    }
  }

  /// A file that is not there, where it is known which there are.
  private mutating func check(
    _ name: String, in folder: String, _ file: String, _ label: String, _ line: Int,
    _ isWarning: Bool
  ) {
    guard let names = folders?(folder), !names.contains(file) else { return }
    let known = names.map { folder == "lib" && $0.hasSuffix(".lua") ? String($0.dropLast(4)) : $0 }
    say(
      line,
      "\(label): no file \(quoted(file)) in \(folder)"
        + didYouMean(name, among: known)
        + (known.isEmpty ? "" : "; there are \(known.sorted().joined(separator: ", "))"),
      isWarning: isWarning)
  }

  /// `{"total>5", country = "DE"}`, each entry by itself.
  private mutating func check(
    filter items: [LuaTableItem], _ options: Set<FilterOption>, _ label: String, _ line: Int
  ) {
    for (index, item) in items.enumerated() {
      var quiet = self
      let key: LuaValue
      switch item.key?.kind {
      case nil: key = .integer(Int64(index + 1))
      case .text(let name)?: key = .string(name)
      default: continue
      }
      let line = item.key?.line ?? item.value.line
      let type = quiet.type(of: item.value)
      guard let value = literal(item.value, type) else {
        guard case .string(let name) = key, !FilterParser.names.contains(name) else { continue }
        do throws(ModelError) { _ = try CartField.named(name) } catch {
          say(line, ScriptSession.message(label, error.message))
        }
        continue
      }
      var reader = ScriptFilter(label, parser)
      do {
        try reader.add(.init(key, value)) { try parser.add($0, to: &$1) }
        _ = try reader.checked(options)
      } catch {
        // A name that is no field is wrong with any value.
        say(
          line, ScriptSession.message(label, "\(error)"),
          isWarning: type.isDefault && isKnown(key))
      }
    }
  }

  private func isKnown(_ key: LuaValue) -> Bool {
    guard case .string(let name) = key, !FilterParser.names.contains(name) else { return true }
    return (try? CartField.named(name)) != nil
  }

  /// A value that stands in the file; nil for one that is worked out.
  private func literal(_ expression: LuaExpression, _ type: ScriptType) -> LuaValue? {
    if let text = type.text { return .string(text) }
    switch expression.kind {
    case .boolean(let flag): return .boolean(flag)
    case .number(let digits):
      return Int64(digits).map { .integer($0) } ?? Double(digits).map { .number($0) }
    case .table(let items):
      var values: [LuaValue] = []
      for item in items {
        guard item.key == nil, let value = literal(item.value, .unknown(item.value)) else {
          return nil
        }
        values.append(value)
      }
      return .list(values)
    default: return nil
    }
  }
}

extension ScriptType {
  fileprivate static func unknown(_ expression: LuaExpression) -> ScriptType {
    if case .text(let text) = expression.kind { ScriptType(text: text) } else { .unknown }
  }
}
